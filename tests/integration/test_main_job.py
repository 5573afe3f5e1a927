"""The main job: talk, ask for an action, approve it, and lose nothing."""

import json

import pytest
from asking import (action, ask, change_setting, decide, ended, events_of,
                    node, nodes, pending_ids, setting, submit)
from conftest import MODEL
from daemon import eventually

TREE = {
    "root", "root/storage", "root/storage/audit_logger",
    "root/storage/store_reader", "root/storage/vault_keeper",
    "root/storage/log_verifier", "root/storage/head_anchor",
    "root/storage/log_retention",
    "root/storage/log_exporter", "root/monitoring/shippers",
    "root/providers", "root/providers/ollama",
    "root/channels", "root/channels/router", "root/channels/webui",
    "root/agents", "root/agents/api_caller", "root/agents/manager",
    "root/orchestrator",
    "root/monitoring",
    "root/monitoring/health", "root/monitoring/alert_watch",
    "root/monitoring/notifier", "root/monitoring/recorder", "root/gateway",
}


def test_the_main_job_survives_kill_9(daemon):
    status = ask(daemon, "GET", "/api/status")
    assert status["status"] == "running"
    assert status["ollama_connected"]
    assert MODEL in status["available_models"]
    assert status["durability"] == "sync"

    said = ask(daemon, "POST", "/api/chat", {"message": "Hello?"})
    assert said["response"] == "Hello from the model server."
    assert said["model"] == MODEL

    changed = submit(daemon, "config_change", key="log.level", value="debug")
    left = submit(daemon, "config_change", key="log.level", value="warn")
    assert pending_ids(daemon) == {changed, left}
    assert ask(daemon, "GET", "/api/status")["pending_actions"] == 2

    decide(daemon, changed, user_id="alice")
    row = ended(daemon, changed)
    assert row["status"] == "completed"
    assert row["claimed_user"] == "alice"
    assert row["decided_by"].startswith("uid:")
    events = events_of(daemon, changed)
    assert [e["status"] for e in events] == ["pending", "approved", "completed"]
    assert events[1]["details"]["claimed_user"] == "alice"
    assert events[1]["user"] == row["decided_by"]
    result = events[2]["details"]["result"]
    assert (result["before"], result["after"]) == ("info", "debug")

    tree = nodes(daemon)
    assert set(tree) == TREE
    assert {n["state"] for n in tree.values()} == {"running"}

    log = ask(daemon, "GET", "/api/audit-logs?limit=1000")
    rows = {i: action(daemon, i) for i in (said["action_id"], changed, left)}
    daemon.kill9()
    daemon.verify()
    daemon.start()
    again = ask(daemon, "GET", "/api/audit-logs?limit=1000")
    assert [e for e in again if e["sequence"] < len(log)] == log
    assert {i: action(daemon, i) for i in rows} == rows
    assert pending_ids(daemon) == {left}
    assert setting(daemon, "log.level")["value"] == "debug"

    decide(daemon, left)
    assert ended(daemon, left)["result"]["before"] == "debug"
    assert daemon.terminate() == 0
    daemon.verify()


def test_a_chat_in_flight_at_kill_9_is_interrupted(daemon, model_server):
    model_server.control(mode="stall_header", path="/api/chat")
    with daemon.client() as client:
        client.send("POST", "/api/chat", {"message": "Are you there?"})
        eventually(
            lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
            "the chat executes")
        daemon.kill9()
    daemon.start()
    rows = ask(daemon, "GET", "/api/actions")
    assert len(rows) == 1
    row = ended(daemon, rows[0]["id"])
    assert (row["status"], row["error_code"]) == ("failed", "interrupted")
    assert "interrupted" in row["error"]
    last = events_of(daemon, row["id"])[-1]
    assert (last["status"], last["outcome"]) == ("failed", "failure")
    assert last["details"]["code"] == "interrupted"
    assert ask(daemon, "GET", "/api/status")["executing_actions"] == 0


def test_what_was_set_survives_a_restart(make_daemon, model_server):
    daemon = make_daemon(providers=[("ollama", model_server.url, MODEL),
                                    ("second", model_server.url, MODEL)])
    daemon.start().wait_for_model_server()
    ask(daemon, "POST", "/api/models/switch?model=mistral:7b")
    ask(daemon, "POST", "/api/skills/telegram/enable")
    ask(daemon, "POST", "/api/skills/filesystem/disable")
    ask(daemon, "POST", "/api/providers/second/default")
    deadline = change_setting(daemon, "orchestrator.chat_deadline_ms", 45_000)
    assert deadline["result"]["after"] == 45_000

    def shown():
        providers = ask(daemon, "GET", "/api/providers")
        skills = ask(daemon, "GET", "/api/skills")
        settings = ask(daemon, "GET", "/api/config")["settings"]
        return (providers["default_provider"],
                providers["providers"]["ollama"]["default_model"],
                {s["id"] for s in skills if s["enabled"]},
                settings["orchestrator.chat_deadline_ms"]["value"])

    before = shown()
    assert before == ("second", "mistral:7b", {"telegram"}, 45_000)
    daemon.restart()
    assert shown() == before
    for key in ("providers.default", "orchestrator.chat_deadline_ms"):
        assert setting(daemon, key)["origin"] == "persisted", key
    first = ask(daemon, "GET", "/api/config")["providers"][0]
    assert first["default_model"]["origin"] == "persisted"


def test_the_default_model_is_used_after_a_switch(daemon, model_server):
    ask(daemon, "POST", "/api/models/switch?model=mistral:7b")
    said = ask(daemon, "POST", "/api/chat", {"message": "Who?"})
    assert said["model"] == "mistral:7b"
    assert model_server.stats()["last"]["body"]["model"] == "mistral:7b"
    daemon.restart().wait_for_model_server()
    said = ask(daemon, "POST", "/api/chat", {"message": "Who?"})
    assert said["model"] == "mistral:7b"


def test_a_log_level_takes_effect_while_running(daemon):
    def logs_requests():
        marker = f"marker-{len(daemon.log())}"
        daemon.get("/api/skills", **{"X-Request-Id": marker})
        return marker in daemon.log()

    assert not logs_requests()
    assert change_setting(daemon, "log.level", "debug")["status"] == "completed"
    assert logs_requests()
    change_setting(daemon, "log.levels.http", "error")
    assert not logs_requests()
    change_setting(daemon, "log.levels.http", "inherit")
    assert logs_requests()


@pytest.mark.parametrize("key, value, says", [
    ("no.such_key", 1, ["log.level", "providers.default",
                        "orchestrator.chat_deadline_ms"]),
    ("storage.data_dir", "/tmp", ["cannot be set at run time", "log.level"]),
    ("log.level", "loud", ["log.level", "debug"]),
    ("providers.default", "nobody", ["nobody", "ollama"]),
])
def test_a_wrong_change_fails_and_says_what_is_right(daemon, key, value, says):
    row = change_setting(daemon, key, value)
    assert row["status"] == "failed"
    for text in says:
        assert text in row["error"], row["error"]
    last = events_of(daemon, row["id"])[-1]
    assert (last["status"], last["outcome"]) == ("failed", "failure")
    assert last["details"]["error"] == row["error"]


def test_a_decision_is_final(daemon):
    refused = submit(daemon, "config_change", key="log.level", value="error")
    answer = decide(daemon, refused, approved=False)
    assert answer["status"] == "rejected"
    assert action(daemon, refused)["status"] == "rejected"
    assert setting(daemon, "log.level")["value"] == "info"
    ask(daemon, "POST", f"/api/actions/{refused}/approve", {"approved": True},
        status=404)
    assert [e["status"] for e in events_of(daemon, refused)] == [
        "pending", "rejected"]

    taken_back = submit(daemon, "config_change", key="log.level", value="off")
    ask(daemon, "POST", f"/api/actions/{taken_back}/cancel")
    assert action(daemon, taken_back)["error_code"] == "cancelled"
    assert pending_ids(daemon) == set()


@pytest.mark.parametrize("skill, parameters, needs_approval, code", [
    ("telegram", {}, False, "bad_request"),
    ("telegram", {"skill_id": "filesystem"}, True, "bad_request"),
    ("shell", {"operation": "run", "command": "id"}, True, "forbidden"),
    ("juggling", {}, False, "not_found"),
])
def test_skills_that_cannot_run_say_why(daemon, skill, parameters,
                                        needs_approval, code):
    body = {"action_type": "skill_execution", "skill_id": skill,
            "parameters": parameters}
    answer = ask(daemon, "POST", "/api/actions", body)
    assert answer["requires_approval"] == needs_approval
    if needs_approval:
        decide(daemon, answer["action_id"])
    row = ended(daemon, answer["action_id"])
    assert (row["status"], row["error_code"]) == ("failed", code), row


def test_the_tree_can_be_drawn(daemon):
    for kind in ("text", "dot", "mermaid"):
        drawn = daemon.get(f"/api/supervision?format={kind}")
        assert drawn.status == 200
        for path in TREE:
            assert path.rpartition("/")[2] in drawn.body.decode(), (kind, path)
    logger = node(daemon, "root/storage/audit_logger")
    assert logger["type"] == "worker"
    assert logger["last_exchange"]["ok"]
    assert logger["messages"] > 0
    assert logger["intensity"]["limit"] == 5
    assert node(daemon, "root/storage")["strategy"] == "one_for_one"
    ask(daemon, "GET", "/api/supervision/root/nobody", status=404)


def test_the_audit_log_is_read_in_pages(daemon):
    for _ in range(7):
        submit(daemon, "model_switch", model=MODEL)
    everything = ask(daemon, "GET", "/api/audit-logs?limit=1000")
    pages, url = [], "/api/audit-logs?limit=3"
    while url:
        reply = daemon.get(url)
        assert len(reply.json) <= 3
        pages += reply.json
        link = reply.headers.get("Link", "")
        url = link[link.find("<") + 1:link.find(">")] if link else None
    assert pages == everything
    assert [e["sequence"] for e in pages] == list(
        range(len(everything) - 1, -1, -1))

    done = ask(daemon, "GET", "/api/audit-logs?status=completed&outcome=success")
    assert len(done) == 7
    assert json.dumps(MODEL) in json.dumps(done)
    found = ask(daemon, "GET", f"/api/audit-logs?q={MODEL}&limit=2")
    assert len(found) == 2
    ask(daemon, "GET", "/api/audit-logs?limit=0", status=422)
