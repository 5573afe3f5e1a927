"""What an operator does from a shell, with the real binary on both sides."""

import json
import subprocess

import pytest

from asking import action, ask, ended, events_of, submit
from daemon import BINARY, eventually


def run(daemon, *words, status=0):
    done = subprocess.run(
        [BINARY, *words, "--url", f"http://127.0.0.1:{daemon.port}"],
        capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == status, done
    return done.stdout


def test_an_action_is_looked_at_and_approved(daemon):
    waiting = submit(daemon, "config_change", key="log.level", value="debug")
    assert waiting in run(daemon, "actions", "list", "--status", "pending")
    shown = run(daemon, "actions", "show", waiting)
    assert '"key": "log.level"' in shown and "pending" in shown
    assert "completed" in run(daemon, "actions", "approve", waiting)
    assert ended(daemon, waiting)["status"] == "completed"
    other = submit(daemon, "config_change", key="log.level", value="info")
    run(daemon, "actions", "reject", other)
    assert action(daemon, other)["status"] == "rejected"
    assert events_of(daemon, other)[-1]["user"].startswith("uid:")
    # What cannot be done says so, and scripts see it.
    run(daemon, "actions", "approve", other, status=1)
    run(daemon, "actions", "show", "no-such-action", status=1)


@pytest.mark.parametrize("what, names", [
    (["providers"], ["ollama", "healthy"]),
    (["channels"], ["webui", "connected"]),
    (["agents"], ["AGENT"]),
    (["status"], ["works, ", "ollama healthy"]),
    (["tree"], ["audit_logger", "running"]),
    (["alerts"], ["0 firing"])])
def test_tables_and_json(daemon, what, names):
    eventually(lambda: not ask(daemon, "GET", "/api/status")
               ["degraded_because"], "health has seen it")
    text = run(daemon, *what)
    for name in names:
        assert name in text
    json.loads(run(daemon, *what, "--json"))


def test_the_audit_log_is_read_and_exported_whole(daemon):
    for _ in range(3):
        submit(daemon, "model_switch", model="llama3.2:3b", provider="ollama")
    lines = run(daemon, "audit", "export").splitlines()
    sequences = [json.loads(line)["sequence"] for line in lines]
    assert sequences == list(range(len(lines))) and len(lines) >= 3
    found = run(daemon, "audit", "query", "--action-type", "model_switch",
                "--limit", "2", "--json").splitlines()
    assert [json.loads(x)["action_type"] for x in found] == ["model_switch"] * 2
    assert "model_switch" in run(daemon, "audit", "query", "--text", "llama3.2")
    run(daemon, "audit", "query", "--limit", "many", status=1)


def test_the_audit_log_is_followed(daemon):
    tail = subprocess.Popen(
        [BINARY, "audit", "tail", "--json", "--url",
         f"http://127.0.0.1:{daemon.port}"], stdout=subprocess.PIPE, text=True)
    try:
        asked = submit(daemon, "config_change", key="log.level", value="debug")
        eventually(lambda: json.loads(tail.stdout.readline())["action_id"]
                   == asked, "it is told")
    finally:
        tail.kill()
        tail.wait()
        tail.stdout.close()


def test_a_daemon_that_is_not_there(daemon):
    daemon.kill9()
    run(daemon, "status", status=3)
    run(daemon, "actions", "list", status=3)
