"""api_call actions against a real server on loopback."""

import threading

import pytest

from asking import ask, ended, events_of, node, submit
from daemon import Daemon, eventually
from http_fixture import FixtureHandler, FixtureState, HttpFixture


class Handler(FixtureHandler):
    def do_GET(self):
        self.server.state.paths.append(self.path)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", self.server.state.elsewhere)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/slow":
            self.server.state.asked.set()
            self.server.state.go_on.wait(30)
            self.answer({"slow": True})
        elif self.path == "/long":
            self.answer({"text": "x" * 400_000})
        else:
            self.answer({"path": self.path, "agent": self.headers["User-Agent"]})

    def do_POST(self):
        self.answer({"got": self.body(), "type": self.headers["Content-Type"]},
                    status=418)


class Fixture(HttpFixture):
    handler = Handler

    def __init__(self):
        state = FixtureState()
        state.asked = threading.Event()
        state.paths = []
        state.go_on = threading.Event()
        super().__init__(state)


@pytest.fixture
def service():
    with Fixture() as fixture:
        fixture.state.elsewhere = fixture.url + "/redirected"
        yield fixture
        fixture.state.go_on.set()


@pytest.fixture
def caller(tmp_path, service):
    daemon = Daemon(tmp_path, settings={"supervision.fault_injection": "true"},
                    config=f'[api_calls]\nallow = ["{service.url}"]\n')
    daemon.start()
    yield daemon
    daemon.stop()


def call(daemon, url, **more):
    return ended(daemon, submit(daemon, "api_call", url=url, **more))


def test_an_allowed_host_is_called(caller, service):
    row = call(caller, service.url + "/here?a=1")
    assert row["status"] == "completed", row
    assert row["result"]["status"] == 200
    assert row["result"]["body"].startswith('{"path": "/here?a=1"')
    assert row["result"]["headers"]["content-type"] == "application/json"
    row = call(caller, service.url, method="POST", body={"a": [1]})
    assert row["result"]["status"] == 418
    assert "application/json" in row["result"]["body"]
    assert [e["status"] for e in events_of(caller, row["id"])][-1] == "completed"


@pytest.mark.parametrize("url", [
    "http://example.org/", "https://127.0.0.1/", "http://localhost:{port}/"])
def test_nothing_else_is(caller, url):
    row = call(caller, url.format(port=caller.port))
    assert (row["status"], row["error_code"]) == ("failed", "forbidden")
    assert "api_calls.allow" in row["error"]


def test_a_redirect_is_told_and_not_followed(caller, service):
    row = call(caller, service.url + "/redirect")
    assert row["result"]["status"] == 302
    assert row["result"]["headers"]["location"].endswith("/redirected")
    assert service.state.paths == ["/redirect"]


def test_our_own_listener_is_refused_even_if_allowed(tmp_path):
    daemon = Daemon(tmp_path)
    daemon.start()
    port = daemon.port
    assert daemon.terminate() == 0
    again = Daemon(tmp_path, config=(
        '[api_calls]\n'
        f'allow = ["http://127.0.0.1:{port}", "http://localhost:{port}"]\n'))
    again.start(port)
    for host in ("127.0.0.1", "localhost"):
        row = call(again, f"http://{host}:{port}/api/status")
        assert (row["status"], row["error_code"]) == ("failed", "forbidden")
    again.stop()


def test_what_is_too_long_or_unreachable_says_so(caller, service):
    row = call(caller, service.url + "/long")
    assert row["error_code"] == "upstream_malformed"
    service.stop()
    row = call(caller, service.url)
    assert row["error_code"] == "unreachable"


def test_a_cancelled_call_ends(caller, service):
    action_id = submit(caller, "api_call", url=service.url + "/slow")
    assert service.state.asked.wait(10)
    ask(caller, "POST", f"/api/actions/{action_id}/cancel")
    assert ended(caller, action_id)["error_code"] == "cancelled"


@pytest.mark.parametrize("kind", ["throw", "exit"])
def test_a_call_whose_caller_ends_is_answered(caller, service, kind):
    action_id = submit(caller, "api_call", url=service.url + "/slow")
    assert service.state.asked.wait(10)
    ask(caller, "POST", "/api/supervision/fault",
        {"path": "root/agents/api_caller", "kind": kind}, 202)
    assert ended(caller, action_id)["error_code"] in ("interrupted", "unavailable")
    eventually(lambda: node(caller, "root/agents/api_caller")["state"] == "running",
               "the caller is back")
    assert node(caller, "root/agents/api_caller")["restarts"] == 1
    assert call(caller, service.url)["status"] == "completed"


@pytest.mark.parametrize("parameters", [
    {}, {"url": "http://a.example", "method": "TRACE"}, {"urls": "x"}])
def test_what_is_no_call_fails(caller, parameters):
    row = ended(caller, submit(caller, "api_call", **parameters))
    assert (row["status"], row["error_code"]) == ("failed", "bad_request")
    assert "parameters." in row["error"]


def test_a_secret_is_not_recorded(caller):
    answer = ask(caller, "POST", "/api/actions",
                 {"action_type": "api_call", "parameters": {
                     "url": "http://a.example",
                     "headers": {"Authorization": "Bearer hunter2"}}}, status=400)
    assert "parameters.headers.Authorization" in answer["detail"]
    assert ask(caller, "GET", "/api/audit-logs?q=hunter2") == []
    assert ask(caller, "GET", "/api/actions") == []
