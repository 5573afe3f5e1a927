"""From another machine: what is long, slow, or ends."""

import contextlib
import http.client
import socket

import pytest

from alert_help import metrics
from asking import ask, node, submit
from daemon import DEADLINE, eventually
from remote_help import (call, context, open_stream, read_to_action, read_to_end,
                         remote_settings, token)


@pytest.fixture
def remote(make_daemon, certificate):
    return make_daemon(settings=remote_settings(certificate)).start()


def test_large_answers_and_streams_pass(remote, certificate):
    both = token(remote, "t", "read", "act")
    for _ in range(300):
        submit(remote, "chat", message="x" * 2000)
    status, body = call(remote, certificate, "GET", "/api/audit-logs?limit=1000",
                        token=both)
    assert status == 200 and len(body) >= 300
    client, stream = open_stream(remote, certificate,
                                 Authorization=f"Bearer {both}")
    submit(remote, "chat", message="hi")
    read_to_action(stream)
    client.close()


def test_who_does_not_read_holds_nobody_up(remote, certificate):
    raw = socket.create_connection(("127.0.0.1", remote.remote_port))
    with context(certificate).wrap_socket(raw, server_hostname="localhost") as s:
        s.settimeout(2)
        one = (f"GET / HTTP/1.1\r\nHost: localhost:{remote.remote_port}"
               "\r\n\r\n").encode()
        with contextlib.suppress(OSError):
            for _ in range(5000):
                s.sendall(one)
        assert remote.get("/api/status").status == 200
    reads = token(remote, "t", "read")
    assert call(remote, certificate, "GET", "/api/status", token=reads)[0] == 200


def test_a_stream_ends_with_its_token(remote, certificate):
    token(remote, "reader", "read")
    listed = ask(remote, "GET", "/api/tokens")
    reads = token(remote, "other", "read")
    client, stream = open_stream(remote, certificate,
                                 Authorization=f"Bearer {reads}")
    with remote.client() as local:
        local.send("GET", "/api/events")
        # Any token's end: who may still read asks again.
        ask(remote, "DELETE", f"/api/tokens/{listed[0]['id']}")
        read_to_end(stream)
        submit(remote, "chat", message="hi")
        # A reader on the daemon's own machine is none of those.
        read_to_action(local.connection.getresponse())
    client.close()
    assert call(remote, certificate, "GET", "/api/status", token=reads)[0] == 200


def test_a_stream_ends_with_its_own_token(remote, certificate):
    reads = token(remote, "reader", "read")
    client, stream = open_stream(remote, certificate,
                                 Authorization=f"Bearer {reads}")
    [listed] = ask(remote, "GET", "/api/tokens")
    ask(remote, "DELETE", f"/api/tokens/{listed['id']}")
    read_to_end(stream)
    client.close()
    assert call(remote, certificate, "GET", "/api/status", token=reads)[0] == 401


def test_a_token_that_ended_before_ends_no_stream(remote, certificate):
    reads = token(remote, "reader", "read")
    token(remote, "other", "read")
    other = next(x for x in ask(remote, "GET", "/api/tokens")
                 if x["name"] == "other")
    bearer = {"Authorization": f"Bearer {reads}"}
    client = http.client.HTTPSConnection(
        "localhost", remote.remote_port, timeout=DEADLINE,
        context=context(certificate))
    client.request("GET", "/api/status", headers=bearer)
    client.getresponse().read()
    ask(remote, "DELETE", f"/api/tokens/{other['id']}")
    client.request("GET", "/api/events", headers=bearer)
    stream = client.getresponse()
    submit(remote, "chat", message="hi")
    read_to_action(stream)
    client.close()


def test_a_new_token_ends_no_stream(make_daemon, certificate):
    remote = make_daemon(settings=remote_settings(
        certificate, **{"supervision.fault_injection": "true"})).start()
    reads = token(remote, "reader", "read")
    client, stream = open_stream(remote, certificate,
                                 Authorization=f"Bearer {reads}")
    # In any order of ids; and the keeper's next life finds nothing new.
    for n in range(8):
        token(remote, f"t{n}", "read")
    path = "root/storage/vault_keeper"
    ask(remote, "POST", "/api/supervision/fault", {"path": path, "kind": "throw"},
        status=202)
    eventually(lambda: node(remote, path)["restarts"] == 1
               and node(remote, path)["state"] == "running", "it is back")
    submit(remote, "chat", message="hi")
    read_to_action(stream)
    client.close()


def test_a_stream_ends_when_its_browser_logs_out(remote, certificate):
    reads = token(remote, "browser", "read")
    assert call(remote, certificate, "POST", "/api/sessions", token=reads)[0] == 201
    cookie = call.headers["Set-Cookie"].split(";")[0]
    client, stream = open_stream(remote, certificate, Cookie=cookie)
    assert call(remote, certificate, "DELETE", "/api/sessions",
                Cookie=cookie)[0] == 200
    read_to_end(stream)
    client.close()


def test_who_does_not_read_gives_up_the_place(make_daemon, certificate):
    daemon = make_daemon(settings=remote_settings(
        certificate, **{"http.idle_timeout_ms": "300"})).start()
    raw = socket.create_connection(("127.0.0.1", daemon.remote_port))
    one = f"GET / HTTP/1.1\r\nHost: localhost:{daemon.remote_port}\r\n\r\n"
    with context(certificate).wrap_socket(raw, server_hostname="localhost") as s:
        s.settimeout(2)
        with contextlib.suppress(OSError):
            for _ in range(20_000):
                s.sendall(one.encode())
        eventually(
            lambda: metrics(daemon)["closedpaw_http_connections"] == 1,
            "its place is free")


def test_a_stop_sends_what_was_answered(remote, certificate):
    reads = token(remote, "reader", "read")
    client, stream = open_stream(remote, certificate,
                                 Authorization=f"Bearer {reads}")
    silent = socket.create_connection(("127.0.0.1", remote.remote_port))
    remote.terminate()
    # The chunk that ends it, and not a broken connection.
    while stream.read(1):
        pass
    assert stream.isclosed() or stream.chunk_left is None
    silent.close()
    client.close()
