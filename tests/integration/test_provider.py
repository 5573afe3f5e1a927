"""A model server that is not there, fails in every way, and comes back."""

import pytest
from asking import action, ask, events_of, nodes
from conftest import MODEL
from daemon import eventually

QUICK = {"first_byte_timeout_ms": 1000, "idle_timeout_ms": 1000,
         "total_timeout_ms": 2500, "max_response_bytes": 65536,
         "probe_interval_ms": 60_000, "freshness_ms": 120_000,
         "retries": 0}
# What the server does -> status, code, and what the cause must mention.
FAILURES = [
    ({"mode": "status", "status": 500}, 502, "upstream_failed", "500"),
    ({"mode": "status", "status": 429}, 429, "too_many_requests", "429"),
    ({"mode": "status", "status": 401}, 424, "upstream_refused", "401"),
    ({"mode": "stall_header"}, 504, "timeout", "first-byte timeout"),
    ({"mode": "stall_body"}, 504, "timeout", "idle timeout"),
    ({"mode": "slow_drip"}, 504, "timeout", "total timeout"),
    ({"mode": "reset"}, 502, None, "reset"),
    ({"mode": "close_early"}, 502, None, "closed"),
    ({"mode": "garbage"}, 502, "upstream_malformed", "HTTP"),
    ({"mode": "empty"}, 502, "upstream_malformed", None),
    ({"mode": "huge"}, 502, None, "longer than the 65536 bytes"),
    ({"mode": "wrong_type"}, 502, "upstream_malformed", None),
]


@pytest.fixture
def start(make_daemon):
    """start(**provider_defaults) -> a running daemon."""
    def start_one(**defaults):
        return make_daemon(settings={
            f"provider_defaults.{key}": value
            for key, value in {**QUICK, **defaults}.items()}).start()
    return start_one


def health(daemon):
    return ask(daemon, "GET", "/api/providers/health?detail=true")["ollama"]


def chat(daemon, message="Hello?", **fields):
    return daemon.post("/api/chat", {"message": message, **fields})


def causes(daemon):
    return ask(daemon, "GET", "/api/status")["degraded_because"]


def test_it_starts_without_a_server_and_recovers_unaided(start, model_server):
    model_server.stop()
    daemon = start(probe_interval_ms=200)
    status = ask(daemon, "GET", "/api/status")
    assert status["ollama_connected"] is False
    assert status["available_models"] == []
    assert eventually(lambda: [c for c in causes(daemon)
                               if "ollama" in c and "refused" in c],
                      "the cause is named")
    assert ask(daemon, "GET", "/readyz")["status"] == "degraded"
    assert health(daemon)["state"] == "never_connected"
    refused = chat(daemon)
    assert (refused.status, refused.json["code"]) == (502, "unreachable")
    assert "refused" in refused.json["detail"]

    model_server.start()
    daemon.wait_for_model_server()
    eventually(lambda: not causes(daemon), "nothing degrades it any more")
    assert ask(daemon, "GET", "/readyz")["status"] == "ready"
    assert chat(daemon).status == 200
    # A server that is away is no crash of ours.
    assert {n["restarts"] for n in nodes(daemon).values()} == {0}


@pytest.mark.parametrize("how, status, code, mentions", FAILURES,
                         ids=[str(how.get("status", how["mode"]))
                              for how, *_ in FAILURES])
def test_a_failure_is_told_recorded_and_overcome(start, model_server, how,
                                                 status, code, mentions):
    daemon = start().wait_for_model_server()
    model_server.control(path="/api/chat", **how)
    reply = chat(daemon)
    assert reply.status == status, reply
    assert code in (None, reply.json["code"]), reply
    assert (mentions or "") in reply.json["detail"], reply
    row = action(daemon, reply.json["action_id"])
    assert row["status"] == "failed"
    assert row["error"] == reply.json["detail"]
    last = events_of(daemon, row["id"])[-1]
    assert (last["status"], last["outcome"]) == ("failed", "failure")
    assert last["details"]["error"] == row["error"]

    assert ask(daemon, "GET", "/api/providers/health") == {"ollama": False}
    sick = health(daemon)
    assert sick["last_error"]["message"] in row["error"], sick
    assert sick["failures"] == 1
    exchange = ask(daemon, "GET", "/api/supervision/root/providers/ollama")
    assert exchange["last_exchange"]["ok"] is False
    assert exchange["restarts"] == 0

    model_server.control(mode="ok")
    assert chat(daemon).status == 200
    assert ask(daemon, "GET", "/api/providers/health") == {"ollama": True}
    well = health(daemon)
    assert well["last_error"] is None
    assert well["last_success"] > sick["last_failure"]


def test_an_unknown_model_is_the_callers_mistake(start):
    daemon = start().wait_for_model_server()
    reply = chat(daemon, model="no-such:1b")
    assert reply.status == 404, reply
    assert "no-such:1b" in reply.json["detail"]
    assert action(daemon, reply.json["action_id"])["status"] == "failed"
    # The exchange itself worked.
    assert health(daemon)["healthy"]


def test_a_probe_finds_a_failure_and_its_end(start, model_server):
    daemon = start(probe_interval_ms=100).wait_for_model_server()
    model_server.control(mode="status", status=503, path="/api/tags")
    eventually(lambda: not health(daemon)["healthy"], "the probe fails")
    assert eventually(lambda: [c for c in causes(daemon) if "503" in c],
                      "the cause is named")
    assert not ask(daemon, "GET", "/api/status")["ollama_connected"]
    model_server.control(mode="ok")
    eventually(lambda: health(daemon)["healthy"], "the probe succeeds")


def test_health_needs_a_recent_exchange(start, model_server):
    daemon = start(probe_interval_ms=1000, freshness_ms=1000,
                   first_byte_timeout_ms=60_000, total_timeout_ms=60_000)
    daemon.wait_for_model_server()
    # Probes begin and do not end: nothing proves the health any more.
    model_server.control(delay_ms=60_000)
    stale = eventually(lambda: [h for h in [health(daemon)]
                                if not h["healthy"]], "it is stale")[0]
    assert (stale["state"], stale["failures"]) == ("degraded", 0)
    assert eventually(lambda: [c for c in causes(daemon)
                               if "has not answered since" in c], "it is said")
    assert ask(daemon, "GET", "/api/providers/health") == {"ollama": False}


def test_models_are_cached_and_refreshed(start, model_server):
    daemon = start(probe_interval_ms=200).wait_for_model_server()
    asked = model_server.stats()["by_path"]["/api/tags"]
    for _ in range(20):
        ask(daemon, "GET", "/api/models")
    assert model_server.stats()["by_path"]["/api/tags"] < asked + 20
    model_server.control(models=[MODEL, "phi3:mini"])

    def names():
        return [m["name"] for m in ask(daemon, "GET", "/api/models")]
    eventually(lambda: names() == [MODEL, "phi3:mini"], "the list is refreshed")
    assert ask(daemon, "GET", "/api/models/phi3:mini")["available"]
    ask(daemon, "GET", "/api/models/mistral:7b", status=404)


def test_exchanges_are_measured_on_one_connection(start, model_server):
    daemon = start().wait_for_model_server()
    for _ in range(5):
        assert chat(daemon).status == 200
    seen = health(daemon)
    assert seen["exchanges"] == 6
    assert (seen["prompt_tokens"], seen["completion_tokens"]) == (25, 35)
    assert seen["latency_ms"] >= 0
    assert model_server.stats()["connections"] == 1
