"""The HTTP server over raw sockets: form, limits, and who may ask."""

import contextlib
import os
import subprocess
import sys

import pytest
from asking import ask, submit
from conftest import MODEL
from daemon import DEADLINE, eventually
from event_stream import EventStream
from raw_http import RawConnection

SWITCH = {"action_type": "model_switch", "parameters": {"model": MODEL}}


@pytest.fixture
def raw(daemon):
    with RawConnection(daemon.port) as connection:
        yield connection


def submitted(daemon):
    return len(ask(daemon, "GET", "/api/actions"))


# Connections


def test_a_connection_is_kept_and_closed_on_request(raw):
    for _ in range(3):
        assert raw.ask("GET", "/healthz").json == {"status": "ok"}
    last = raw.ask("GET", "/healthz", connection="close")
    assert last.headers["connection"] == "close"
    assert raw.is_closed()


def test_pipelined_requests_are_answered_in_order(raw, daemon):
    wanted = [("GET", "/healthz", b""), ("POST", "/api/actions", SWITCH),
              ("GET", "/nowhere", b""), ("HEAD", "/api/status", b""),
              ("POST", "/api/actions", SWITCH), ("GET", "/api/status", b"")]
    raw.send(b"".join(raw.compose(*request, x_request_id=f"number-{i}")
                      for i, request in enumerate(wanted)))
    replies = [raw.receive(request[0] == "HEAD") for request in wanted]
    assert [r.status for r in replies] == [200, 200, 404, 200, 200, 200]
    assert [r.headers["x-request-id"] for r in replies] == [
        f"number-{i}" for i in range(len(wanted))]
    assert submitted(daemon) == 2


def test_head_is_get_without_the_body(raw):
    for path in ("/", "/healthz", "/api/skills", "/api/supervision/root/agents"):
        head = raw.ask("HEAD", path)
        get = raw.ask("GET", path)
        assert head.status == get.status == 200, path
        assert head.headers.keys() == get.headers.keys()
    assert int(raw.ask("HEAD", "/api/skills").headers["content-length"]) == len(
        raw.ask("GET", "/api/skills").body)


def test_a_client_that_waits_for_100_continue_gets_it(raw):
    body = b'{"action_type": "chat", "parameters": {"message": "hi"}}'
    head = raw.compose("POST", "/api/actions", content_length=len(body),
                       content_type="application/json", expect="100-continue")
    raw.send(head)
    assert raw.receive().status == 100
    raw.send(body)
    assert raw.receive().status == 200


def test_a_chunked_body_is_read(raw):
    raw.send(raw.compose("POST", "/api/actions", transfer_encoding="chunked",
                         content_type="application/json"))
    for part in (b'{"action_type": "model_sw', b'itch", "parameters": {}}'):
        raw.send(b"%x\r\n%s\r\n" % (len(part), part))
    raw.send(b"0\r\n\r\n")
    assert raw.receive().status == 200
    assert raw.ask("GET", "/healthz").status == 200


# Routes


def test_a_wrong_method_names_the_right_ones(raw):
    reply = raw.ask("DELETE", "/api/status")
    assert reply.status == 405
    assert {m.strip() for m in reply.headers["allow"].split(",")} >= {
        "GET", "HEAD"}
    reply = raw.ask("GET", "/api/actions/x/approve")
    assert reply.status == 405
    assert "POST" in reply.headers["allow"]


def test_a_trailing_slash_is_redirected(raw, daemon):
    reply = raw.ask("POST", "/api/actions/?a=b", SWITCH)
    assert reply.status == 307
    assert reply.headers["location"].endswith("/api/actions?a=b")
    assert submitted(daemon) == 0


def test_the_request_id_is_echoed_where_it_is_one(raw):
    assert raw.ask("GET", "/healthz", x_request_id="mine-1").headers[
        "x-request-id"] == "mine-1"
    made = {raw.ask("GET", "/healthz", x_request_id=bad).headers["x-request-id"]
            for bad in (None, "with space", "x" * 300, "<script>")}
    assert len(made) == 4
    assert not made & {"with space", "x" * 300, "<script>"}
    reply = raw.ask("GET", "/nowhere", x_request_id="mine-2")
    assert (reply.status, reply.headers["x-request-id"]) == (404, "mine-2")


# Limits


def test_a_large_body_is_refused_before_it_comes(raw, daemon):
    reply = raw.ask("POST", "/api/actions", content_type="application/json",
                    content_length=2 << 20)
    assert reply.status == 413, reply
    assert raw.is_closed()
    assert ask(daemon, "GET", "/healthz")


def test_a_chunked_body_may_not_grow_too_large(raw):
    raw.send(raw.compose("POST", "/api/actions", transfer_encoding="chunked",
                         content_type="application/json"))
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(17):
        raw.send(chunk)
    assert raw.receive().status == 413


def test_large_headers_are_refused(raw, daemon):
    assert raw.ask("GET", "/healthz", x_filler="y" * 20_000).status == 431
    assert ask(daemon, "GET", "/healthz")


@pytest.mark.parametrize("body, status", [
    (b"{", 422), (b"[]", 422), (b"{}", 422),
    (b'{"action_type": "no_such"}', 400),
    (b'{"action_type": "chat", "parameters": ' + b"[" * 100 + b"]" * 100 + b"}",
     422),
])
def test_bad_input_reaches_no_actor(raw, daemon, body, status):
    reply = raw.ask("POST", "/api/actions", body,
                    content_type="application/json")
    assert reply.status == status, reply
    assert reply.json["detail"]
    assert submitted(daemon) == 0


@pytest.mark.parametrize("junk", [
    b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
])
def test_what_is_no_request_is_refused(raw, daemon, junk):
    raw.send(junk)
    assert 400 <= raw.receive().status < 506
    assert raw.is_closed()
    assert ask(daemon, "GET", "/healthz")


def test_connections_are_bounded_with_room_for_what_is_vital(make_daemon):
    # The last 16 are kept for health and approvals.
    daemon = make_daemon(settings={"http.max_connections": 40}).start()
    with contextlib.ExitStack() as stack:
        def connect():
            return stack.enter_context(RawConnection(daemon.port))
        for _ in range(24):
            assert connect().ask("GET", "/healthz").status == 200
        refused = connect().ask("GET", "/api/skills")
        assert (refused.status, refused.json["code"]) == (503, "overloaded")
        assert "retry-after" in refused.headers
        # That one was closed.
        for _ in range(16):
            assert connect().ask("GET", "/api/actions/pending").status == 200
        assert connect().receive().status == 503
    eventually(lambda: daemon.get("/api/skills").status == 200, "room again")


def test_requests_in_flight_are_bounded(make_daemon, model_server):
    daemon = make_daemon(settings={"http.max_in_flight": 2})
    daemon.start().wait_for_model_server()
    model_server.control(mode="stall_header", path="/api/chat")
    with daemon.client() as one, daemon.client() as two:
        one.send("POST", "/api/chat", {"message": "Hello?"})
        chat = eventually(
            lambda: ask(daemon, "GET", "/api/actions?status=executing"),
            "one executes")[0]["id"]
        two.send("POST", "/api/chat", {"message": "Hello?"})
        eventually(lambda: ask(daemon, "GET", "/api/status")[
            "executing_actions"] == 2, "both execute")
        refused = daemon.post("/api/actions", SWITCH)
        assert (refused.status, refused.json["code"]) == (503, "overloaded")
        assert int(refused.headers["Retry-After"]) >= 1
        assert ask(daemon, "GET", "/api/supervision")
        # What must work when the bound is reached does.
        assert daemon.get("/readyz").status == 200
        assert ask(daemon, "POST", f"/api/actions/{chat}/cancel")
        model_server.stop()
        assert sorted([one.receive().status, two.receive().status]) == [
            409, 502]
    assert submitted(daemon) == 2


# Host, Origin, proxies


@pytest.mark.parametrize("headers", [
    {"host": "evil.example"}, {"host": "127.0.0.1:1"},
    {"forwarded": "for=1.2.3.4"}, {"x_forwarded_for": "1.2.3.4"},
    {"x_forwarded_host": "localhost"}, {"via": "1.1 proxy"},
    {"origin": "http://evil.example"}, {"origin": "null"},
    {"origin": "http://localhost:3001"}, {"sec_fetch_site": "cross-site"},
])
def test_a_foreign_request_changes_nothing(raw, daemon, headers):
    reply = raw.ask("POST", "/api/actions", SWITCH, **headers)
    assert reply.status == 403, reply
    assert reply.json["code"] == "forbidden"
    assert "access-control-allow-origin" not in reply.headers
    assert submitted(daemon) == 0


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data",
                                  "application/x-www-form-urlencoded"])
def test_a_body_that_any_page_may_send_is_refused(raw, daemon, kind):
    reply = raw.ask("POST", "/api/actions", SWITCH, content_type=kind)
    assert reply.status == 400, reply
    assert submitted(daemon) == 0


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_loopback_names_are_ours(raw, name):
    host = f"{name}:{raw.port}"
    assert raw.ask("GET", "/healthz", host=host).status == 200
    assert raw.ask("POST", "/api/actions", SWITCH, host=host,
                   origin=f"http://{host}").status == 200


@pytest.mark.parametrize("origin", ["http://localhost:3000",
                                    "http://127.0.0.1:3000"])
def test_the_frontend_may_call(raw, origin):
    asked = raw.ask("OPTIONS", "/api/actions", origin=origin,
                    access_control_request_method="POST",
                    access_control_request_headers="content-type")
    assert asked.status in (200, 204), asked
    assert asked.headers["access-control-allow-origin"] == origin
    assert "POST" in asked.headers["access-control-allow-methods"]
    did = raw.ask("POST", "/api/actions", SWITCH, origin=origin)
    assert did.status == 200
    assert did.headers["access-control-allow-origin"] == origin
    assert "origin" in did.headers["vary"].lower()


def test_a_foreign_page_may_not(raw):
    asked = raw.ask("OPTIONS", "/api/actions", origin="http://evil.example",
                    access_control_request_method="POST")
    assert "access-control-allow-origin" not in asked.headers
    read = raw.ask("GET", "/api/status", origin="http://evil.example")
    assert "access-control-allow-origin" not in read.headers


# Peers

STRANGER = """
import socket, struct, sys
port, way = int(sys.argv[1]), sys.argv[2]
body = b'{"action_type": "model_switch", "parameters": {"model": "m"}}'
request = (b"POST /api/actions HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\n"
           b"Content-Type: application/json\\r\\nContent-Length: %d\\r\\n"
           b"\\r\\n%s" % (port, len(body), body))

def talk(s):
    if way != "listen":
        s.sendall(request)
    if way == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
    if way in ("reset", "close"):
        return ""
    if way == "half-close":
        s.shutdown(socket.SHUT_WR)
    answer = b""
    while more := s.recv(4096):
        answer += more
    return answer.decode()

for _ in range(20):
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        try:
            print(repr(talk(s)))
        except OSError as error:
            print(repr(str(error)))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("way", ["listen", "stay", "half-close", "close",
                                 "reset"])
def test_another_user_is_refused(daemon, way):
    done = subprocess.run(
        [sys.executable, "-c", STRANGER, str(daemon.port), way],
        user=65534, group=65534, extra_groups=[], cwd="/",
        capture_output=True, text=True, timeout=DEADLINE, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == 20
    assert not [a for a in answers if "HTTP/1.1 2" in a]
    # Who sends as well may be cut off before reading why.
    if way == "listen":
        assert all("HTTP/1.1 403" in a and "user 65534" in a for a in answers)
    # One of ours is answered only after all of those were.
    assert ask(daemon, "GET", "/healthz") == {"status": "ok"}
    assert submitted(daemon) == 0
    assert ask(daemon, "GET", "/api/audit-logs?action_type=model_switch") == []


# Event streams


def test_a_restart_is_seen_live_and_again_after_a_gap(make_daemon):
    daemon = make_daemon(settings={"supervision.fault_injection": "true"})
    daemon.start().wait_for_model_server()
    path = "root/monitoring/health"
    fault = {"path": path, "kind": "exit"}
    with EventStream(daemon) as stream:
        ask(daemon, "POST", "/api/supervision/fault", fault, status=202)
        eventually(lambda: "running" in stream.states(path), "it is told")
        assert stream.of(path)[0]["state"] == "backoff"
        assert "injected exit" in stream.of(path)[0]["why"]
        last = stream.events[-1].id
    ask(daemon, "POST", "/api/supervision/fault", fault, status=202)
    eventually(lambda: ask(daemon, "GET", f"/api/supervision/{path}")[
        "restarts"] == 2, "it was restarted again")
    with EventStream(daemon, last_event_id=last) as stream:
        eventually(lambda: "running" in stream.states(path), "it is told later")
        ids = [int(e.id.rpartition(".")[2]) for e in stream.events]
        first = int(last.rpartition(".")[2]) + 1
        assert ids == list(range(first, first + len(ids)))
        assert {c["restarts"] for c in stream.of(path)} == {1, 2}
    with EventStream(daemon, last_event_id="1.1") as stream:
        eventually(lambda: stream.events, "something is told")
        assert stream.events[0].type == "gap"


def test_actions_are_streamed(daemon):
    with EventStream(daemon) as stream:
        wanted = submit(daemon, "config_change", key="log.level", value="info")
        ask(daemon, "POST", f"/api/actions/{wanted}/approve",
            {"approved": False})

        def told():
            return [e.data["status"] for e in list(stream.events)
                    if e.type == "action" and e.data["id"] == wanted]
        eventually(lambda: told() == ["pending", "rejected"], "both are told")


def test_streams_end_when_the_daemon_stops(daemon):
    with EventStream(daemon) as stream:
        assert daemon.terminate() == 0
        assert stream.ended.wait(DEADLINE)


def test_a_foreign_page_gets_no_stream(raw):
    reply = raw.ask("GET", "/api/events", origin="http://evil.example")
    assert reply.status == 403
