"""The audit log on its way to others: export, syslog, OTLP; with Debian's rsyslog."""

import http.client
import json
import re
import socket
import ssl
import subprocess

import pytest

from alert_help import QUICK, RECEIVER, fires, is_over, metrics, sum_of, told
from asking import ask, node, submit
from daemon import BINARY, eventually
from rsyslog import Rsyslog
from webhook_server import WebhookServer

SHIPPER = '[[shippers]]\nname = "out"\ntype = "{type}"\nurl = "{url}"\n{more}\n'


@pytest.fixture
def rsyslog(tmp_path):
    if not Rsyslog.is_installed():
        pytest.skip("rsyslog is not installed")
    server = Rsyslog(tmp_path / "rsyslog")
    yield server
    server.stop()


@pytest.fixture
def collector():
    with WebhookServer() as server:
        yield server


def shipping(make_daemon, kind, url, more="", receivers=""):
    """With an event in its log, so that there is something to ship."""
    daemon = make_daemon(settings=QUICK, config=receivers + SHIPPER.format(
        type=kind, url=url, more=more)).start()
    switch(daemon)
    return daemon


def switch(daemon, times=1):
    for _ in range(times):
        submit(daemon, "model_switch", model="llama3.2:3b", provider="ollama")


def shipper(daemon):
    return ask(daemon, "GET", "/api/shippers")["shippers"][0]


def caught_up(daemon):
    def look():
        found = ask(daemon, "GET", "/api/shippers")
        one = found["shippers"][0]
        return one["behind_events"] == 0 < one["next_sequence"] and found
    return eventually(look, "everything is shipped")


def exported(daemon, query=""):
    reply = daemon.get("/api/audit-logs/export" + query)
    assert reply.status == 200, reply
    assert reply.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in reply.body.splitlines()]


# -- export ------------------------------------------------------------------

def test_the_export_is_the_whole_log_oldest_first(daemon):
    switch(daemon, 300)
    events = exported(daemon)
    assert [e["sequence"] for e in events] == list(range(len(events)))
    assert len(events) >= 300
    newest = ask(daemon, "GET", "/api/audit-logs?limit=1")[0]
    assert events[-1] == newest
    some = exported(daemon, "?action_type=model_switch&after=10&limit=270")
    assert len(some) == 270 and all(e["sequence"] > 10 for e in some)
    assert {e["action_type"] for e in some} == {"model_switch"}
    since = events[-3]["timestamp"]
    assert [e["sequence"] for e in exported(daemon, f"?since={since}")] == \
        [e["sequence"] for e in events if e["timestamp"] >= since]
    assert daemon.get("/api/audit-logs/export?since=yesterday").status == 422
    assert daemon.get("/api/audit-logs/export?limit=0").status == 422
    assert daemon.request("HEAD", "/api/audit-logs/export").status == 200


def test_who_follows_gets_what_is_recorded(daemon):
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    switch(daemon)
    newest = ask(daemon, "GET", "/api/audit-logs?limit=1")[0]["sequence"]
    connection.request("GET", f"/api/audit-logs/export?follow=true&after={newest}")
    stream = connection.getresponse()
    asked = submit(daemon, "config_change", key="log.level", value="debug")
    event = json.loads(stream.readline())
    assert event["action_id"] == asked and event["sequence"] == newest + 1
    connection.close()


def test_exports_are_bounded(daemon):
    open_ones = []
    for _ in range(8):
        c = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
        c.request("GET", "/api/audit-logs/export?follow=true")
        assert c.getresponse().status == 200
        open_ones.append(c)
    assert daemon.get("/api/audit-logs/export").status == 503
    open_ones.pop().close()
    eventually(lambda: daemon.get("/api/audit-logs/export").status == 200,
               "a place is free again")


def test_the_exporter_may_end(make_daemon):
    daemon = make_daemon(settings=QUICK).start().wait_for_model_server()
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
    connection.request("GET", "/api/audit-logs/export?follow=true&after=999999")
    stream = connection.getresponse()
    ask(daemon, "POST", "/api/supervision/fault",
        {"path": "root/storage/log_exporter", "kind": "throw"}, status=202)
    assert "after=" in json.loads(stream.readline())["detail"]
    assert stream.read() == b""
    eventually(lambda: daemon.get("/api/audit-logs/export").status == 200,
               "it is restarted")


def test_the_command_follows_over_a_restart(make_daemon):
    daemon = make_daemon().start().wait_for_model_server()
    port = daemon.port
    switch(daemon)
    follower = subprocess.Popen(
        [BINARY, "audit", "export", "--follow", "--url",
         f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)
    try:
        seen = [json.loads(follower.stdout.readline())["sequence"]]
        daemon.kill9()
        daemon.start(port)
        asked = submit(daemon, "config_change", key="log.level", value="debug")
        while True:
            event = json.loads(follower.stdout.readline())
            seen.append(event["sequence"])
            if event["action_id"] == asked:
                break
        assert seen == list(range(len(seen)))
    finally:
        follower.kill()
        follower.wait()
        follower.stdout.close()


# -- syslog ------------------------------------------------------------------

@pytest.mark.parametrize("transport", ["tcp", "udp", "unix"])
def test_rsyslog_gets_every_event(make_daemon, rsyslog, transport):
    rsyslog.start()
    url = {"tcp": f"tcp://127.0.0.1:{rsyslog.tcp}",
           "udp": f"udp://127.0.0.1:{rsyslog.udp}",
           "unix": f"unix://{rsyslog.folder}/log"}[transport]
    daemon = shipping(make_daemon, "syslog", url, 'facility = "local3"')
    switch(daemon, 20)
    events = caught_up(daemon)["events"]
    eventually(lambda: len(rsyslog.sequences()) >= events, "rsyslog wrote them")
    assert rsyslog.sequences()[:events] == list(range(events))
    wanted = exported(daemon)
    for line, event in zip(rsyslog.lines(), wanted):
        assert json.loads(line["text"]) == event
        assert line["app"] == "closedpaw" and line["msgid"] == event["action_type"]
        assert int(line["pri"]) // 8 == 19
        # Of a local socket rsyslog tells when it received it.
        assert transport == "unix" or \
            line["time"].startswith(event["timestamp"][:19])
        assert f'sequence="{event["sequence"]}"' in line["data"]


def test_syslog_over_tls(make_daemon, tmp_path, certificate):
    if not Rsyslog.is_installed():
        pytest.skip("rsyslog is not installed")
    server = Rsyslog(tmp_path / "rsyslog", certificate).start()
    try:
        # Whom it does not know it does not talk to.
        strict = shipping(make_daemon, "syslog",
                          f"tls://localhost:{server.tcp}")
        eventually(lambda: "not trusted" in (shipper(strict)["trouble"] or ""),
                   "the certificate is refused")
        assert shipper(strict)["shipped"] == 0
        strict.stop()
        daemon = shipping(make_daemon, "syslog", f"tls://localhost:{server.tcp}",
                          f'ca_file = "{certificate[0]}"')
        switch(daemon)
        events = caught_up(daemon)["events"]
        eventually(lambda: len(server.sequences()) >= events, "they arrive")
        assert server.sequences()[:events] == list(range(events))
    finally:
        server.stop()


def test_a_tls_target_is_told_when_we_close(make_daemon, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        daemon = shipping(make_daemon, "syslog",
                          f"tls://localhost:{server.getsockname()[1]}",
                          f'ca_file = "{certificate[0]}"')
        server.settimeout(60)
        # Without a close_notify, reading to the end raises SSLEOFError.
        with context.wrap_socket(server.accept()[0], server_side=True,
                                 suppress_ragged_eofs=False) as peer:
            assert peer.recv(1 << 20)
            daemon.terminate()
            while peer.recv(1 << 20):
                pass


def test_a_target_that_is_down_is_told_and_nothing_is_lost(
        make_daemon, rsyslog, collector):
    rsyslog.start()
    daemon = shipping(make_daemon, "syslog", f"tcp://127.0.0.1:{rsyslog.tcp}",
                      receivers=RECEIVER.format(url=collector.url))
    daemon.wait_for_model_server()
    caught_up(daemon)
    rsyslog.stop()
    switch(daemon)
    alert = fires(daemon, "ShipperFailing", shipper="out")
    assert f"tcp://127.0.0.1:{rsyslog.tcp}" in alert["cause"], alert
    shown = subprocess.run(
        [BINARY, "status", "--url", f"http://127.0.0.1:{daemon.port}"],
        capture_output=True, text=True, check=False)
    assert shown.returncode == 4
    first = "".join(shown.stdout.splitlines(True)[:20])
    assert "shipper out does not get on" in first and "ShipperFailing" in first
    assert shipper(daemon)["state"] == "failing"
    assert shipper(daemon)["behind_events"] > 0
    assert sum_of(metrics(daemon), "closedpaw_shipper_up", shipper="out") == 0
    place = node(daemon, "root/monitoring/shippers/out")
    assert place["state"] == "running" and not place["last_exchange"]["ok"]
    eventually(lambda: told(collector, "ShipperFailing") == ["firing"],
               "it is told")
    # Not even where the daemon itself dies meanwhile.
    switch(daemon, 5)
    daemon.kill9()
    daemon.start()
    switch(daemon, 5)
    rsyslog.start()
    is_over(daemon, "ShipperFailing")
    events = caught_up(daemon)["events"]
    eventually(lambda: set(rsyslog.sequences()) >= set(range(events)),
               "every event is there")
    # At least once: what was not known to be stored is sent again, in order.
    fresh = list(dict.fromkeys(rsyslog.sequences()))
    assert fresh[:events] == list(range(events))


def test_a_restart_goes_on_where_it_was(make_daemon, rsyslog):
    rsyslog.start()
    daemon = shipping(make_daemon, "syslog", f"tcp://127.0.0.1:{rsyslog.tcp}")
    switch(daemon, 3)
    before = caught_up(daemon)["events"]
    # An orderly stop stores where it is.
    assert daemon.terminate() == 0
    daemon.start()
    assert shipper(daemon)["next_sequence"] >= before
    events = caught_up(daemon)["events"]
    eventually(lambda: len(rsyslog.sequences()) >= events, "they arrive")
    assert rsyslog.sequences() == list(range(len(rsyslog.sequences())))


def test_hostile_text_makes_no_second_message(make_daemon, rsyslog):
    rsyslog.start()
    daemon = shipping(make_daemon, "syslog", f"tcp://127.0.0.1:{rsyslog.tcp}")
    submit(daemon, "model_switch", model="x\n<0>1 - evil - - - - \x1b[2J\u202e")
    events = caught_up(daemon)["events"]
    lines = eventually(lambda: len(rsyslog.lines()) >= events and rsyslog.lines(),
                       "they arrive")
    assert {x["app"] for x in lines} == {"closedpaw"}
    raw = (rsyslog.folder / "events.ndjson").read_text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\uffff]", raw)


# -- OTLP --------------------------------------------------------------------

def records(collector):
    return [r for body in collector.taken("/v1/logs")
            for s in body["resourceLogs"][0]["scopeLogs"]
            for r in s["logRecords"]]


def sequences(collector):
    return [int(a["value"]["intValue"]) for r in records(collector)
            for a in r["attributes"] if a["key"] == "closedpaw.sequence"]


def test_a_collector_gets_logs_and_metrics(make_daemon, collector):
    daemon = shipping(make_daemon, "otlp", collector.url,
                      "metrics_interval_ms = 200")
    switch(daemon, 5)
    events = caught_up(daemon)["events"]
    assert sequences(collector)[:events] == list(range(events))
    bodies = eventually(lambda: collector.taken("/v1/metrics")[1:],
                        "metrics arrive again and again")
    found = {m["name"]: m for m in
             bodies[-1]["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}
    assert "gauge" in found["closedpaw_http_connections"]
    assert found["closedpaw_http_connections_total"]["sum"]["isMonotonic"]
    point = found["http_server_request_duration_seconds"]["histogram"][
        "dataPoints"][0]
    assert len(point["bucketCounts"]) == len(point["explicitBounds"]) + 1
    assert sum(map(int, point["bucketCounts"])) == int(point["count"])


def test_a_collector_that_refuses_is_asked_again(make_daemon, collector):
    collector.control(mode="status", status=503)
    daemon = shipping(make_daemon, "otlp", collector.url,
                      "metrics_interval_ms = 0")
    switch(daemon)
    fires(daemon, "ShipperFailing", shipper="out")
    assert "503" in shipper(daemon)["trouble"]
    collector.control(mode="ok")
    events = caught_up(daemon)["events"]
    assert sequences(collector)[:events] == list(range(events))
    assert shipper(daemon)["dropped"] == 0


def test_what_a_collector_never_takes_holds_up_nothing_and_is_told(
        make_daemon, collector):
    daemon = shipping(make_daemon, "otlp", collector.url,
                      "metrics_interval_ms = 0")
    # Of who never took anything nothing is left out.
    switch(daemon)
    caught_up(daemon)
    # One answer about one event, which is then left out.
    collector.control(**{"mode": "status", "status": 400, "for": 1})
    submit(daemon, "config_change", key="log.level", value="debug")
    alert = fires(daemon, "ShipperDropping", shipper="out")
    assert alert["severity"] == "critical"
    switch(daemon)
    eventually(lambda: shipper(daemon)["behind_events"] == 0, "it goes on")
    assert shipper(daemon)["dropped"] == 1


def test_a_collector_that_refuses_all_is_left_nothing_out(make_daemon, collector):
    collector.control(mode="status", status=400)
    daemon = shipping(make_daemon, "otlp", collector.url,
                      "metrics_interval_ms = 0")
    fires(daemon, "ShipperFailing", shipper="out")
    assert "right address" in shipper(daemon)["trouble"]
    assert shipper(daemon)["dropped"] == 0
    collector.control(mode="ok")
    events = caught_up(daemon)["events"]
    assert sequences(collector)[:events] == list(range(events))


# -- what cannot be ----------------------------------------------------------

@pytest.mark.parametrize("kind, url, more, wrong", [
    ("syslog", "http://127.0.0.1:1", "", "does not fit the type"),
    ("otlp", "udp://127.0.0.1:1", "", "does not fit the type"),
    ("syslog", "tcp://", "", "udp://HOST"),
    ("other", "udp://127.0.0.1:1", "", "syslog or otlp"),
    ("syslog", "udp://127.0.0.1:1", 'facility = "local9"', "local0 to local7"),
    ("syslog", "tls://127.0.0.1:1", 'ca_file = "/no/such/file"', "cannot be read"),
    ("syslog", "tcp://127.0.0.1:1", 'ca_file = "/x"', "only syslog over TLS")])
def test_a_wrong_entry_stops_the_start(make_daemon, kind, url, more, wrong):
    daemon = make_daemon(config=SHIPPER.format(type=kind, url=url, more=more))
    with pytest.raises(AssertionError, match="did not start"):
        daemon.start()
    assert wrong in daemon.log()


def test_our_own_listener_is_no_target(make_daemon):
    daemon = make_daemon(settings=QUICK)
    daemon.start()
    port = daemon.port
    daemon.stop()
    again = make_daemon(settings=QUICK, config=SHIPPER.format(
        type="syslog", url=f"tcp://127.0.0.1:{port}", more=""))
    again.start(port)
    switch(again)
    eventually(lambda: shipper(again)["trouble"], "it is refused")
    assert "own" in shipper(again)["trouble"], shipper(again)
