"""The six kinds of providers, over real sockets and TLS, as they fail too."""

import json
import os
import socket
import threading

import pytest
from asking import ask
from daemon import DEADLINE, SANITIZER, eventually
from vendor_server import (COMPLETION_TOKENS, KEY, MODELS, PROMPT_TOKENS, TEXT,
                           VendorServer)

# 24 MiB; a sanitizer takes too long over the record of so long an answer.
PIECES = 1024 if SANITIZER else 6144
VENDORS = ["openai", "mistral", "anthropic", "google"]
QUICK = {"provider_defaults.first_byte_timeout_ms": 1000,
         "provider_defaults.idle_timeout_ms": 1000,
         "provider_defaults.total_timeout_ms": 2500,
         "provider_defaults.max_response_bytes": 65536,
         "provider_defaults.retries": 0,
         "provider_defaults.circuit_failures": 0}


@pytest.fixture
def vendor_server():
    with VendorServer() as server:
        yield server


@pytest.fixture
def daemon(make_daemon):
    return make_daemon(settings=QUICK).start().wait_for_model_server()


def register(daemon, server, vendor, key=KEY, name=None, host="127.0.0.1"):
    name = name or vendor
    body = {"provider_type": vendor, "name": name, "api_key": key,
            "base_url": server.base_url(vendor if vendor != "custom" else
                                        "openai", host),
            "default_model": MODELS[0]}
    assert ask(daemon, "POST", "/api/providers/register", body) == {
        "status": "success", "provider": name}
    return name


def events(text):
    """[(event, data)] of a stream, each data parsed."""
    out = []
    for block in text.split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        out.append((lines.get("event"), json.loads(lines["data"])))
    return out


def stream(daemon, provider, message="Hello?"):
    return daemon.post("/api/chat/stream", {
        "message": message, "model": f"{provider}/{MODELS[0]}"})


@pytest.mark.parametrize("vendor", [*VENDORS, "custom"])
def test_each_vendor_chats_streams_and_lists(daemon, vendor_server, vendor):
    register(daemon, vendor_server, vendor)
    reply = ask(daemon, "POST", f"/api/chat/multi?message=hi&provider={vendor}")
    assert reply["response"] == TEXT
    assert reply["provider"] == vendor
    assert reply["tokens"] == PROMPT_TOKENS + COMPLETION_TOKENS
    for size in (None, 1, 3):
        vendor_server.control(piece_bytes=size)
        got = events(stream(daemon, vendor).body.decode())
        assert "".join(x["text"] for e, x in got if e == "delta") == TEXT
        assert got[-2] == ("usage", {"prompt_tokens": PROMPT_TOKENS,
                                     "completion_tokens": COMPLETION_TOKENS})
        assert got[-1][0] == "end"
        assert got[-1][1]["finish_reason"] == "stop"
    eventually(lambda: ask(daemon, "GET", f"/api/providers/{vendor}/models")
               ["models"] == MODELS, "its models are listed")
    assert ask(daemon, "GET", "/api/providers/health")[vendor] is True


def test_the_key_goes_in_the_vendors_header_and_never_anywhere_else(
        daemon, vendor_server):
    headers = {"openai": ("authorization", f"Bearer {KEY}"),
               "anthropic": ("x-api-key", KEY),
               "google": ("x-goog-api-key", KEY)}
    for vendor, (name, value) in headers.items():
        register(daemon, vendor_server, vendor)
        ask(daemon, "POST", f"/api/providers/{vendor}/check")
        assert vendor_server.state.headers[name] == value
    # A key that is refused is repeated by the vendor, and by nobody else.
    register(daemon, vendor_server, "openai", key="refused-key", name="wrong")
    reply = daemon.post("/api/chat/multi?message=hi&provider=wrong")
    assert reply.status == 424 and "[redacted]" in reply.json["detail"]
    seen = str(reply.body) + "".join(str(daemon.get(path).body) for path in (
        "/api/providers", "/api/providers/health?detail=true", "/api/config",
        "/api/audit-logs?limit=1000", "/api/status", "/api/actions"))
    for key in (KEY, "refused-key"):
        assert key not in seen
        assert key not in daemon.log(None)
        for file in daemon.data_dir.iterdir():
            assert key.encode() not in file.read_bytes(), file


def test_keys_addresses_and_what_was_registered_survive_kill9(
        daemon, vendor_server):
    register(daemon, vendor_server, "openai")
    daemon.restart()
    assert ask(daemon, "POST", "/api/chat/multi?message=hi&provider=openai")[
        "response"] == TEXT
    # Another address: the key does not follow.
    other = {"provider_type": "openai", "name": "openai",
             "base_url": vendor_server.base_url("mistral")}
    ask(daemon, "POST", "/api/providers/register", other)
    reply = daemon.post("/api/providers/openai/check")
    assert reply.status == 424 and "no API key is stored" in reply.json["detail"]
    changes = ask(daemon, "GET", "/api/audit-logs?action_type=config_change")
    assert [e["details"]["after"]["secrets"] for e in changes] == [
        "discarded", "set"]
    ask(daemon, "DELETE", "/api/providers/openai")
    daemon.restart()
    assert "openai" not in ask(daemon, "GET", "/api/providers")["providers"]


FAILURES = [
    ({"mode": "status", "status": 401}, 424, "upstream_refused"),
    ({"mode": "status", "status": 429, "retry_after": 7}, 429,
     "too_many_requests"),
    ({"mode": "status", "status": 500}, 502, "upstream_failed"),
    ({"mode": "status", "status": 529}, 502, "upstream_failed"),
    ({"mode": "stall_header"}, 504, "timeout"),
    ({"mode": "stall_body"}, 504, "timeout"),
    ({"mode": "reset"}, 502, "unreachable"),
    ({"mode": "garbage"}, 502, "upstream_malformed"),
    ({"mode": "wrong_type"}, 502, "upstream_malformed"),
    ({"mode": "huge", "size": 50 * 1024 * 1024}, 502, "upstream_malformed"),
    ({"mode": "slow_drip"}, 504, "timeout"),
]


@pytest.mark.parametrize("vendor", VENDORS)
def test_errors_keep_their_meaning(daemon, vendor_server, vendor):
    register(daemon, vendor_server, vendor)
    for told, status, code in FAILURES:
        vendor_server.control(**told)
        for path in (f"/api/chat/multi?message=hi&provider={vendor}",):
            reply = daemon.post(path)
            assert (reply.status, reply.json["code"]) == (status, code), told
        if "retry_after" in told:
            assert reply.headers["Retry-After"] == "7"
    vendor_server.control(mode="ok")
    reply = daemon.post(
        f"/api/chat/multi?message=hi&provider={vendor}&model=nope")
    assert (reply.status, reply.json["code"]) == (404, "not_found")
    register(daemon, vendor_server, vendor, key="wrong-key")
    reply = daemon.post(f"/api/chat/multi?message=hi&provider={vendor}")
    assert reply.status == 424 and "Incorrect API key" in reply.json["detail"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_streams_that_break(daemon, vendor_server, vendor):
    register(daemon, vendor_server, vendor)
    for mode, code in (("cut_stream", None), ("error_event", "upstream_failed")):
        vendor_server.control(mode=mode, path="/" + vendor)
        got = events(stream(daemon, vendor).body.decode())
        assert got[0][0] == "delta" and got[0][1]["text"].startswith("Gr")
        assert got[-1][0] == "error"
        assert code in (None, got[-1][1]["code"])
        assert got[-1][1]["status"] == "failed"
    # Before the first delta the status says it.
    vendor_server.control(mode="status", status=429, retry_after=3)
    reply = stream(daemon, vendor)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "3")


PATIENT = {**QUICK, "provider_defaults.first_byte_timeout_ms": 600_000,
           "provider_defaults.idle_timeout_ms": 600_000,
           "provider_defaults.total_timeout_ms": 600_000}


@pytest.mark.parametrize("mode", ["stall_header", "stall_body"])
def test_a_client_that_leaves_ends_the_request_upstream(
        make_daemon, vendor_server, mode):
    """Before the first delta, when no deadline would end it."""
    daemon = make_daemon(settings=PATIENT).start().wait_for_model_server()
    register(daemon, vendor_server, "openai")
    vendor_server.control(mode=mode, path="/openai/v1/chat")
    body = json.dumps({"message": "hi", "model": f"openai/{MODELS[0]}"})

    def running():
        return ask(daemon, "GET", "/api/providers/health?detail=true")[
            "openai"]["in_flight"]

    with socket.create_connection(("127.0.0.1", daemon.port)) as client:
        client.sendall(
            f"POST /api/chat/stream HTTP/1.1\r\nHost: 127.0.0.1:{daemon.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"\r\n{body}".encode())
        eventually(lambda: vendor_server.state.by_path.get(
            "/openai/v1/chat/completions"), "it was asked")
        assert running() == 1
    eventually(lambda: running() == 0, "its place is free")
    eventually(lambda: [a["error_code"] for a in ask(
        daemon, "GET", "/api/actions?status=failed")] == ["cancelled"],
               "the action is at its end")


def test_fallbacks_stand_in_and_every_attempt_is_audited(
        make_daemon, vendor_server, model_server):
    daemon = make_daemon(settings={**QUICK, "provider_defaults.retries": 1})
    daemon.start().wait_for_model_server()
    register(daemon, vendor_server, "openai")
    daemon.settings["chat.fallbacks"] = '["openai/%s"]' % MODELS[1]
    daemon.restart().wait_for_model_server()
    model_server.stop()
    reply = ask(daemon, "POST", "/api/chat", {"message": "hi"})
    assert (reply["response"], reply["model"]) == (TEXT, MODELS[1])
    tries = ask(daemon, "GET", f"/api/audit-logs?action_id={reply['action_id']}")
    assert [e["status"] for e in tries] == [
        "completed", "attempt_failed", "attempt_failed", "pending"]
    assert tries[1]["details"]["provider"] == "ollama"
    assert tries[1]["details"]["code"] == "unreachable"
    # Who asks for the local one gets the local one or nothing.
    reply = daemon.post("/api/chat/multi?message=hi&provider=ollama")
    assert reply.status == 502


def test_a_circuit_opens_for_its_model_alone(make_daemon, vendor_server):
    daemon = make_daemon(settings={
        **QUICK, "provider_defaults.circuit_failures": 2,
        "provider_defaults.circuit_open_min_ms": 60_000})
    daemon.start().wait_for_model_server()
    register(daemon, vendor_server, "openai")
    vendor_server.control(mode="status", status=500, path="/openai/v1/chat")
    path = "/api/chat/multi?message=hi&provider=openai&model="
    for _ in range(2):
        assert daemon.post(path + MODELS[0]).status == 502
    refused = daemon.post(path + MODELS[0])
    assert refused.status == 503 and "circuit" in refused.json["detail"]
    assert 0 < int(refused.headers["Retry-After"]) <= 67
    vendor_server.control(mode="ok")
    assert daemon.post(path + MODELS[1]).status == 200
    detail = ask(daemon, "GET", "/api/providers/health?detail=true")["openai"]
    assert detail["state"] == "open"
    assert [(c["model"], c["state"]) for c in detail["circuits"]] == [
        (MODELS[0], "open")]


@pytest.mark.parametrize("path", ["root/providers/openai", "root/providers"])
@pytest.mark.parametrize("kind", ["throw", "hang"])
def test_a_registered_provider_is_supervised_like_any_other(
        make_daemon, vendor_server, path, kind):
    daemon = make_daemon(settings={**QUICK,
                                   "supervision.fault_injection": "true",
                                   "supervision.hang_after_ms": 500})
    daemon.start().wait_for_model_server()
    register(daemon, vendor_server, "openai")
    daemon.restart().wait_for_model_server()
    ask(daemon, "POST", "/api/supervision/fault", {"path": path, "kind": kind},
        status=202)

    def back():
        node = ask(daemon, "GET", f"/api/supervision/{path}")
        return node["state"] == "running" and node["restarts"] == 1

    eventually(back, f"{path} is restarted")
    eventually(lambda: daemon.post(
        "/api/chat/multi?message=hi&provider=openai").status == 200,
               "it answers again")
    ask(daemon, "DELETE", "/api/providers/openai")
    eventually(lambda: daemon.get(
        "/api/supervision/root/providers/openai").status == 404, "it is gone")


def test_our_own_listener_and_link_local_addresses_are_refused(daemon):
    for url, what in ((f"http://127.0.0.1:{daemon.port}/v1", "own"),
                      ("http://169.254.169.254/v1", "link-local"),
                      ("http://10.1.2.3/v1", "allow_private_addresses")):
        ask(daemon, "POST", "/api/providers/register",
            {"provider_type": "custom", "name": "evil", "base_url": url})
        reply = daemon.post("/api/providers/evil/check")
        assert reply.status == 403 and what in reply.json["detail"], url


def test_tls_is_verified(make_daemon, certificate):
    cert, key = certificate
    with VendorServer(certificate=cert, key=key) as server:
        trusting = make_daemon(settings=QUICK,
                               env={"SSL_CERT_FILE": str(cert)})
        trusting.start().wait_for_model_server()
        register(trusting, server, "anthropic", host="localhost")
        reply = ask(trusting, "POST",
                    "/api/chat/multi?message=hi&provider=anthropic")
        assert reply["response"] == TEXT
        got = events(stream(trusting, "anthropic").body.decode())
        assert got[-1][0] == "end"
        # The right certificate for another name, and a stranger's.
        register(trusting, server, "openai", host="127.0.0.1")
        reply = trusting.post("/api/providers/openai/check")
        assert reply.status == 502 and "TLS" in reply.json["detail"]
        strict = make_daemon(settings=QUICK, env={
            k: v for k, v in os.environ.items() if k == "SSL_CERT_FILE"})
        strict.start().wait_for_model_server()
        register(strict, server, "anthropic", host="localhost")
        reply = strict.post("/api/providers/anthropic/check")
        assert reply.status == 502 and "certificate" in reply.json["detail"]


def test_a_slow_reader_holds_the_upstream_back_and_grows_nothing(
        make_daemon, vendor_server):
    """The upstream has much to say; the reader reads nothing for a while."""
    daemon = make_daemon(settings={
        "provider_defaults.max_response_bytes": 256 << 20,
        "provider_defaults.total_timeout_ms": 120_000})
    daemon.start().wait_for_model_server()
    register(daemon, vendor_server, "openai")
    vendor_server.control(text=" ".join(["x" * 4096] * PIECES))

    def rss():
        with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f
                        if line.startswith("RssAnon"))

    with daemon.client(timeout=DEADLINE * 6) as client:
        client.send("POST", "/api/chat/stream",
                    {"message": "hi", "model": f"openai/{MODELS[0]}"})
        assert client.readable(DEADLINE)
        grown = [rss()]
        stop = threading.Event()
        while not stop.wait(0.1) and len(grown) < 15:
            grown.append(rss())
        # The answer itself is kept for the action's record as far as it came.
        # A sanitizer keeps books of its own.
        assert SANITIZER or grown[-1] - grown[5] < 4096, grown
        reply = client.receive()
    assert b"event: end" in reply.body[-1000:]
    assert reply.body.count(b"x" * 4096) == PIECES
