"""Clients that ask too often, over real sockets."""

import os
import signal

from asking import ask
from daemon import eventually

SLOW = {"security.limits.read_per_second": "1",
        "security.limits.read_burst": "1000",
        "security.limits.act_per_second": "1",
        "security.limits.act_burst": "5"}


def test_who_acts_too_often_is_refused_and_the_rest_goes_on(make_daemon):
    daemon = make_daemon(settings=SLOW).start()
    client = daemon.client()
    replies = [client.post("/api/actions", {
        "action_type": "model_switch", "parameters": {"model": "none"}})
        for _ in range(20)]
    passed = [r for r in replies if r.status != 429]
    refused = [r for r in replies if r.status == 429]
    assert len(passed) >= 5
    assert len(refused) >= 10
    one = refused[0]
    assert one.json["code"] == "too_many_requests"
    assert "security.limits.act_per_second" in one.json["detail"]
    assert int(one.headers["Retry-After"]) >= 1
    assert one.headers["RateLimit-Policy"] == '"act";q=5;w=5'
    assert one.headers["RateLimit"] == '"act";r=0;t=5'
    assert passed[0].headers["RateLimit"] == '"act";r=4;t=1'
    # Nothing of a refused one was recorded.
    actions = ask(daemon, "GET", "/api/actions?limit=100")
    assert len(actions) == len(passed)
    # It is in the log, once, with who it was.
    events = eventually(lambda: ask(
        daemon, "GET",
        "/api/audit-logs?action_type=security&status=rate_limited"),
        "the refusal is recorded")
    assert [(e["level"], e["details"]["kind"]) for e in events] == [
        ("medium", "act")]
    assert events[0]["user"].startswith("uid:")
    metrics = client.get("/metrics").body.decode()
    assert (f'closedpaw_rate_limited_requests_total{{kind="act"}} '
            f"{len(refused)}\n") in metrics
    # In the form of the API that was asked; another kind goes on.
    # A token may have come back meanwhile, not ten.
    assert "too_many_requests" in {client.post("/v1/chat/completions", {
        "model": "none", "messages": [{"role": "user", "content": "hi"}],
    }).json["error"]["code"] for _ in range(10)}
    assert client.get("/api/status").status == 200


def test_a_flood_of_reads_leaves_what_is_vital_within_reach(make_daemon):
    daemon = make_daemon(settings={
        "security.limits.read_per_second": "1",
        "security.limits.read_burst": "20"}).start()
    client = daemon.client()
    # What is not there counts as well.
    for path in ("/api/nothing", "/api/status"):
        assert 429 in {client.get(path).status for _ in range(25)}
    for path in ("/healthz", "/readyz", "/metrics", "/api/actions/pending"):
        assert client.get(path).status == 200


def test_limits_change_at_once_and_can_be_off(make_daemon):
    key = "security.limits.act_burst"
    text = "[security.limits]\nact_per_second = 1\nact_burst = {}\n"
    daemon = make_daemon(settings={key: None,
                                   "security.limits.act_per_second": None},
                         config=text.format(2)).start()
    client = daemon.client()

    def statuses():
        # Of a kind that acts, and refused for another reason before it does.
        return {client.post("/api/actions", {"action_type": "none"}).status
                for _ in range(6)}

    assert statuses() == {400, 429}

    def reload(to):
        daemon.config_path.write_text(
            to + daemon.config_path.read_text().split("act_burst", 1)[1]
            .split("\n", 1)[1])
        os.kill(daemon.process.pid, signal.SIGHUP)

    reload(text.format(1000))
    eventually(lambda: ask(daemon, "GET", "/api/config")["settings"][key][
        "value"] == 1000, "the new limit is in force")
    assert statuses() == {400}
    reload(text.format(2) + "enabled = false\n")
    eventually(lambda: ask(daemon, "GET", "/api/config")["settings"][
        "security.limits.enabled"]["value"] is False, "limits are off")
    assert statuses() == {400}
    assert "RateLimit" not in client.get("/api/status").headers
