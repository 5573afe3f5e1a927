"""Drain and panic: what ends, what is refused, what lasts."""

import json
import subprocess
import threading

import pytest

from alert_help import QUICK, RECEIVER, fires, is_over, told
from asking import action, ask, decide, ended, pending_ids, submit
from daemon import BINARY, eventually
from sandboxes import agent_of, create, isolation, stop
from webhook_server import WebhookServer


def run(daemon, *words, status=0):
    done = subprocess.run(
        [BINARY, *words, "--url", f"http://127.0.0.1:{daemon.port}"],
        capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == status, done
    return done.stdout


def refused(daemon, *words):
    reply = daemon.post("/api/actions", {"action_type": "model_switch",
                                         "parameters": {"model": "x"}})
    assert reply.status == 503, reply
    for word in words:
        assert word in reply.json["detail"], reply
    assert "Retry-After" in reply.headers


def test_drain_waits_for_commands_in_agents(daemon):
    if not isolation(daemon)["chosen"]:
        pytest.skip("no isolation works here")
    ask(daemon, "POST", "/api/skills/shell/enable")
    agent = create(daemon)
    command = threading.Thread(target=lambda: daemon.post(
        f"/api/agents/{agent['id']}/execute",
        {"command": ["sleep", "600"], "timeout": 300}))
    command.start()
    eventually(lambda: agent_of(daemon, agent)["busy"], "the command runs")
    drain = subprocess.Popen(
        [BINARY, "drain", "--url", f"http://127.0.0.1:{daemon.port}"],
        stderr=subprocess.PIPE, text=True)
    assert "0 actions still run, 1 agents are busy" in drain.stderr.readline()
    stop(daemon, agent, force=True)
    command.join(60)
    drain.communicate(timeout=60)
    assert drain.returncode == 0


def test_drain_lets_what_runs_end(daemon, model_server):
    waiting = submit(daemon, "config_change", key="log.level", value="debug")
    model_server.control(mode="stall_header", path="/api/chat")
    answers = []
    chat = threading.Thread(target=lambda: answers.append(
        daemon.post("/api/chat", {"message": "Hello there"})))
    chat.start()
    eventually(lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
               "a chat runs")
    drain = subprocess.Popen(
        [BINARY, "drain", "--reason", "upgrade", "--url",
         f"http://127.0.0.1:{daemon.port}"], stdout=subprocess.PIPE, text=True)
    assert "draining since" in drain.stdout.readline()
    refused(daemon, "draining", "upgrade", "resume")
    assert daemon.post("/api/chat", {"message": "Hi"}).status == 503
    assert daemon.get("/readyz").status == 503
    assert daemon.get("/healthz").status == 200
    assert ask(daemon, "GET", "/api/status")["mode"] == "draining"
    assert drain.poll() is None, "it waits for the chat"
    [running] = ask(daemon, "GET", "/api/actions?status=executing")
    ask(daemon, "POST", f"/api/actions/{running['id']}/cancel")
    chat.join(60)
    assert answers and answers[0].status >= 400
    model_server.control(mode="ok")
    drain.wait(60)
    drain.stdout.close()
    assert drain.returncode == 0
    # What waits can be refused, not begun.
    assert daemon.post(f"/api/actions/{waiting}/approve",
                       {"approved": True}).status == 503
    assert set(pending_ids(daemon)) == {waiting}
    assert run(daemon, "resume") == "normal\n"
    decide(daemon, waiting)
    assert ended(daemon, waiting)["status"] == "completed"
    assert daemon.get("/readyz").status == 200
    # It is of this process only.
    run(daemon, "drain", "--no-wait")
    daemon.restart()
    assert ask(daemon, "GET", "/api/mode")["mode"] == "normal"


def test_panic_stops_everything_and_lasts(make_daemon, model_server):
    with WebhookServer() as hook:
        daemon = make_daemon(settings=QUICK,
                             config=RECEIVER.format(url=hook.url)).start()
        daemon.wait_for_model_server()
        waiting = submit(daemon, "config_change", key="log.level", value="debug")
        model_server.control(mode="stall_header", path="/api/chat")
        answers = []
        chat = threading.Thread(target=lambda: answers.append(
            daemon.post("/api/chat", {"message": "Hello there"})))
        chat.start()
        eventually(
            lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
            "a chat runs")
        assert "panic since" in run(daemon, "panic", "--reason", "odd things")
        chat.join(30)
        assert answers[0].status >= 400 and "panic" in answers[0].json["detail"]
        eventually(lambda: action(daemon, waiting)["status"] == "rejected",
                   "what waits is rejected")
        assert not pending_ids(daemon)
        model_server.control(mode="ok")
        refused(daemon, "panic", "odd things")
        # Nothing gets out, not even to ask whether the model server is there.
        asked = daemon.post("/api/providers/ollama/check")
        assert asked.status == 503 and "panic" in asked.json["detail"], asked
        # But who runs it is told, and told of the cause only.
        assert "odd things" in fires(daemon, "PanicMode")["cause"]
        eventually(lambda: told(hook, "PanicMode") == ["firing"], "it is told")
        first = run(daemon, "status", status=4)
        assert first.startswith("PANIC")
        event = ask(daemon, "GET", "/api/audit-logs?action_type=system")[0]
        assert event["status"] == "panic" and event["level"] == "critical"
        assert event["details"]["reason"] == "odd things"
        assert event["user"].startswith("uid:")
        # Draining is less, and does not end it; nor does kill -9.
        assert daemon.post("/api/drain").status == 409
        assert "panic" in run(daemon, "doctor", status=1)
        daemon.restart()
        mode = ask(daemon, "GET", "/api/mode")
        assert (mode["mode"], mode["reason"]) == ("panic", "odd things")
        refused(daemon, "panic")
        assert not ask(daemon, "GET", "/api/status")["ollama_connected"]
        run(daemon, "resume", "--reason", "false alarm")
        daemon.wait_for_model_server()
        assert daemon.post("/api/chat", {"message": "Hello"}).status == 200
        is_over(daemon, "PanicMode")
        assert told(hook, "ProviderDown") == []
        daemon.restart()
        assert ask(daemon, "GET", "/api/mode")["mode"] == "normal"


def test_panic_ends_agents(shelly):
    agent = ask(shelly, "POST", "/api/agents", {"skill_id": "shell"},
                status=201)["id"]
    ask(shelly, "POST", "/api/panic")
    eventually(lambda: ask(shelly, "GET", f"/api/agents/{agent}")["state"]
               in ("stopped", "error"), "the agent ends")
    assert shelly.post("/api/agents", {"skill_id": "shell"}).status == 503
    ask(shelly, "POST", "/api/resume")
    ask(shelly, "POST", "/api/agents", {"skill_id": "shell"}, status=201)


# -- logs, paths, doctor ------------------------------------------------------

def test_log_lines_are_read_and_a_level_is_raised_for_a_while(make_daemon):
    daemon = make_daemon(settings={"log.level": "warn"}).start()
    assert daemon.get("/api/logs?level=loud").status == 422
    raised = ask(daemon, "POST",
                 "/api/logs/level?component=http&level=debug&seconds=2")
    assert raised["level"] == "debug"
    daemon.get("/healthz")
    lines = ask(daemon, "GET", "/api/logs?component=http")["lines"]
    assert any(x["message"] == "GET /healthz" for x in lines)
    assert "GET /healthz" in run(daemon, "logs", "--component", "http")
    assert lines[-1]["level"] == "debug"

    def is_lowered():
        newest = ask(daemon, "GET", "/api/logs?component=http")["lines"][-1]
        daemon.get("/api/paths")
        after = ask(daemon, "GET", "/api/logs?component=http")["lines"][-1]
        return newest["number"] == after["number"]

    eventually(is_lowered, "it ends by itself")
    event = ask(daemon, "GET", "/api/audit-logs?status=log_level_raised")[0]
    assert event["details"] == {"component": "http", "level": "debug",
                                "seconds": 2}
    run(daemon, "logs", "level", "storage", "debug", "--seconds", "60")
    run(daemon, "logs", "level", "storage", "loud", status=1)


def test_paths(daemon):
    found = ask(daemon, "GET", "/api/paths")
    assert found["data"] == str(daemon.data_dir)
    assert found["configuration"] == str(daemon.config_path)
    for name in ("store", "vault_key", "head_key", "public_key"):
        assert (daemon.data_dir / found[name].split("/")[-1]).exists(), name
    assert str(daemon.data_dir) in run(daemon, "paths")


def doctor(daemon, *words):
    done = subprocess.run(
        [BINARY, "doctor", "--config", str(daemon.config_path), *words],
        capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout


def test_the_doctor_finds_what_is_wrong(make_daemon, model_server):
    daemon = make_daemon(settings=QUICK)
    daemon.start().wait_for_model_server()
    url = ("--url", f"http://127.0.0.1:{daemon.port}")
    findings = eventually(
        lambda: [f for f in [json.loads(doctor(daemon, *url, "--json")[1])]
                 if not any(x["level"] == "broken" for x in f)],
        "nothing is broken")[0]
    about = {x["about"]: x["level"] for x in findings}
    for part in ("configuration", "data", "vault", "port", "readiness",
                 "sandboxes", "provider ollama", "channel webui", "alerts"):
        assert about[part] == "ok", findings
    model_server.control(mode="status", status=500)
    (daemon.data_dir / "vault.key").chmod(0o644)

    def looks_bad():
        status, said = doctor(daemon, *url)
        return status == 1 and "BROKEN  provider ollama" in said and said

    said = eventually(looks_bad, "the provider is found")
    assert "BROKEN  vault" in said and "chmod 600" in said
    daemon.kill9()
    status, said = doctor(daemon, *url)
    assert status == 1 and "closedpaw serve" in said
    daemon.config_path.write_text("[http]\nlisten = 5\n")
    status, said = doctor(daemon)
    assert status == 1 and "BROKEN  configuration" in said
    assert ":2:" in said


@pytest.mark.parametrize("words", [["tree", "--watch"], ["logs", "--follow"]])
def test_what_goes_on_until_it_is_ended(daemon, words):
    shown = subprocess.Popen(
        [BINARY, *words, "--url", f"http://127.0.0.1:{daemon.port}"],
        stdout=subprocess.PIPE, text=True)
    try:
        wanted = {"tree": "audit_logger", "logs": "main"}[words[0]]
        eventually(lambda: wanted in shown.stdout.readline(), "it is shown")
        if words[0] == "tree":
            eventually(lambda: wanted in shown.stdout.readline(), "again")
    finally:
        shown.kill()
        shown.wait()
        shown.stdout.close()
