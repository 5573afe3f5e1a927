"""Every kind of actor throws, exits and hangs, while clients keep asking."""

import http.client

import pytest
from asking import ask, ended, node, nodes, submit
from conftest import MODEL
from daemon import eventually
from event_stream import EventStream
from pressure import Pressure

HANG_AFTER_MS = 1000
WORKERS = ["root/storage/audit_logger", "root/storage/store_reader",
           "root/storage/vault_keeper", "root/storage/head_anchor",
           "root/storage/log_retention",
           "root/storage/log_verifier", "root/storage/log_exporter",
           "root/providers/ollama", "root/agents/manager",
           "root/agents/api_caller",
           "root/orchestrator",
           "root/monitoring/health", "root/monitoring/alert_watch",
           "root/monitoring/notifier", "root/monitoring/recorder",
           "root/gateway"]
SUPERVISORS = ["root/storage", "root/providers", "root/monitoring",
               "root/monitoring/shippers", "root/channels", "root/agents"]
CAUSES = {"throw": "injected fault", "exit": "injected exit",
          "hang": f"in one handler for more than {HANG_AFTER_MS} ms"}
# A logger that hangs ends the process; it has a test of its own.
FAULTS = [(path, kind) for path in WORKERS + SUPERVISORS for kind in CAUSES
          if (path, kind) != ("root/storage/audit_logger", "hang")]


@pytest.fixture
def start(make_daemon):
    """start(**settings) -> a daemon whose actors can be made to fail."""
    def start_one(**settings):
        given = {"supervision.fault_injection": "true",
                 "supervision.hang_after_ms": HANG_AFTER_MS,
                 # What a hung gateway holds is answered when this is over.
                 "http.request_timeout_ms": 2000, "http.chat_timeout_ms": 2500}
        given.update({k if "." in k else f"supervision.{k}": v
                      for k, v in settings.items()})
        daemon = make_daemon(settings=given).start().wait_for_model_server()
        # What is told after that is about the fault.
        eventually(lambda: {n["state"] for n in nodes(daemon).values()}
                   == {"running"}, "everything runs")
        return daemon
    return start_one


def inject(daemon, path, kind):
    answer = ask(daemon, "POST", "/api/supervision/fault",
                 {"path": path, "kind": kind}, status=202)
    assert answer["path"] == path


def recovered(daemon, path, restarts=1):
    """The node, once it runs again."""
    def look():
        one = node(daemon, path)
        back = one["state"] == "running" and one["restarts"] >= restarts
        return one if back else None
    return eventually(look, f"{path} runs again")


def audited(daemon, path, status):
    query = f"action_type=supervision&status={status}&q={path}"
    return [e["details"] for e in ask(daemon, "GET", f"/api/audit-logs?{query}")
            if e["details"]["path"] == path]


@pytest.mark.parametrize("path, kind", FAULTS)
def test_one_fails_and_all_others_go_on(start, path, kind):
    daemon = start()
    with EventStream(daemon) as stream, Pressure(daemon) as load:
        inject(daemon, path, kind)
        one = recovered(daemon, path)
        load.wait_for_progress()
        eventually(lambda: "running" in stream.states(path), "running is told")
    load.check()
    assert one["restarts"] == 1
    assert CAUSES[kind] in one["last_exit"]["reason"]
    assert one["intensity"]["used"] == 1
    assert one["last_recovery_ms"] is not None

    states = stream.states(path)
    assert "recovering" in states[:states.index("running")], states
    assert ("hung" in states) == (kind == "hang"), states
    assert any(CAUSES[kind] in change["why"] for change in stream.of(path))
    for other in nodes(daemon).values():
        if other["path"] != path and not other["path"].startswith(path + "/"):
            assert (other["restarts"], other["state"]) == (0, "running"), other

    exits = eventually(lambda: audited(daemon, path, "exited"), "it is audited")
    told = [CAUSES[kind] in e["reason"] for e in exits]
    # A recorder that ends before it hears that something is recorded leaves it
    # to the next one, which records it again.
    assert told == [True] or path.startswith("root/monitoring") and all(told)
    assert eventually(lambda: audited(daemon, path, "recovered"),
                      "its recovery is audited")


def test_a_hung_gateway_leaves_what_needs_no_actor(start):
    daemon = start()
    with EventStream(daemon) as stream:
        inject(daemon, "root/gateway", "hang")
        with daemon.client() as waiting:
            waiting.send("POST", "/api/chat", {"message": "Hello?"})
            for path in ("/api/supervision", "/api/status", "/healthz",
                         "/api/supervision?format=text"):
                assert daemon.get(path).status == 200, path
            assert stream.states("root/gateway") == [], "it hung no more"
            # It was sent to an actor that will never look at it.
            reply = waiting.receive()
            assert reply.status in (503, 504), reply
            assert reply.json["detail"]
        recovered(daemon, "root/gateway")
    ended(daemon, submit(daemon, "model_switch", model=MODEL))


def test_a_hung_logger_ends_the_process(start):
    daemon = start(**{"audit.hang_after_ms": HANG_AFTER_MS})
    with Pressure(daemon) as load:
        inject(daemon, "root/storage/audit_logger", "hang")
        assert daemon.wait() == 70
        load.stopping.set()
    told = daemon.log()
    assert "root/storage/audit_logger hangs" in told
    assert "status 70" in told
    # Its own end cut these off; what it had acknowledged counts.
    load.wrong.clear()
    daemon.start()
    assert load.acknowledged
    load.check()
    daemon.kill9()
    daemon.verify()


def test_too_many_hung_threads_end_the_process(start):
    daemon = start(max_leaked=1)
    inject(daemon, "root/monitoring/health", "hang")
    recovered(daemon, "root/monitoring/health")
    inject(daemon, "root/monitoring/recorder", "hang")
    assert daemon.wait() == 70
    assert "more than supervision.max_leaked" in daemon.log()


def test_a_child_over_its_budget_fails_alone(start):
    daemon = start(intensity=2, backoff_min_ms=1, backoff_max_ms=2)
    path = "root/providers/ollama"
    for restarts in (1, 2):
        inject(daemon, path, "throw")
        recovered(daemon, path, restarts)
    inject(daemon, path, "throw")
    failed = eventually(
        lambda: [n for n in [node(daemon, path)] if n["state"] == "failed"],
        "it is given up for now")[0]
    assert failed["next_attempt"] > failed["state_since"]
    assert (failed["intensity"]["used"], failed["intensity"]["limit"]) == (3, 2)
    assert "injected fault" in failed["last_exit"]["reason"]
    for other in nodes(daemon).values():
        if other["path"] != path:
            assert (other["restarts"], other["state"]) == (0, "running"), other

    def named():
        causes = ask(daemon, "GET", "/api/status")["degraded_because"]
        return [c for c in causes if c.startswith(path + " is failed")]
    assert eventually(named, "/api/status names it")
    assert ask(daemon, "GET", "/readyz")["status"] == "degraded"
    refused = daemon.post("/api/chat", {"message": "Hello?"})
    assert refused.status == 503, refused
    assert "injected fault" in refused.json["detail"]
    assert f"next attempt {failed['next_attempt']}" in refused.json["detail"]
    # The rest of the work goes on.
    row = ended(daemon, submit(daemon, "model_switch", model=MODEL))
    assert row["status"] == "completed"


def test_a_failed_child_is_tried_again(start):
    daemon = start(intensity=1, slow_retry_ms=300)
    path = "root/providers/ollama"
    with EventStream(daemon) as stream:
        inject(daemon, path, "exit")
        recovered(daemon, path)
        inject(daemon, path, "exit")
        recovered(daemon, path, 2)
        eventually(lambda: stream.states(path)[-1:] == ["running"], "told")
        assert "failed" in stream.states(path)
    assert ask(daemon, "POST", "/api/chat", {"message": "Hello?"})["response"]


def test_the_root_over_its_budget_ends_the_process(start):
    daemon = start(intensity=2, backoff_min_ms=1, backoff_max_ms=2)
    kept = submit(daemon, "config_change", key="log.level", value="info")
    for restarts in (1, 2):
        inject(daemon, "root/orchestrator", "throw")
        recovered(daemon, "root/orchestrator", restarts)
    try:
        inject(daemon, "root/orchestrator", "throw")
    except (OSError, http.client.HTTPException):
        pass  # The process may end before its answer leaves.
    assert daemon.wait() == 70
    told = daemon.log()
    assert "restart budget of root/orchestrator exceeded" in told
    assert "injected fault" in told
    daemon.start()
    assert [a["id"] for a in ask(daemon, "GET", "/api/actions/pending")] == [
        kept]
    # What explains the end was recorded before it.
    assert len(audited(daemon, "root/orchestrator", "failed")) == 1


@pytest.mark.parametrize("kind, cause", [
    ("throw", "injected fault"), ("exit", "injected exit"),
    ("hang", "root hangs")])
def test_the_root_has_no_supervisor_but_the_service_manager(start, kind, cause):
    daemon = start()
    kept = submit(daemon, "config_change", key="log.level", value="info")
    try:
        inject(daemon, "root", kind)
    except (OSError, http.client.HTTPException):
        pass  # The process may end before its answer leaves.
    assert daemon.wait() == 70
    assert cause in daemon.log()
    daemon.start()
    assert [a["id"] for a in ask(daemon, "GET", "/api/actions/pending")] == [
        kept]


def test_a_stop_with_a_hung_thread_says_so_and_loses_nothing(start):
    daemon = start()
    inject(daemon, "root/monitoring/health", "hang")
    recovered(daemon, "root/monitoring/health")
    kept = submit(daemon, "config_change", key="log.level", value="info")
    assert daemon.terminate() == 70
    told = daemon.log()
    assert "1 threads still hang" in told
    assert "stopped in order" not in told
    daemon.start()
    assert [a["id"] for a in ask(daemon, "GET", "/api/actions/pending")] == [
        kept]
    assert ask(daemon, "GET", "/api/audit-logs?status=unclean_exit") == []


def test_faults_are_off_unless_configured(daemon):
    body = {"path": "root/gateway", "kind": "throw"}
    refused = ask(daemon, "POST", "/api/supervision/fault", body, status=403)
    assert "supervision.fault_injection" in refused["detail"]
    assert node(daemon, "root/gateway")["restarts"] == 0


@pytest.mark.parametrize("body, status", [
    ({"path": "root/nobody", "kind": "throw"}, 404),
    ({"path": "root/gateway", "kind": "explode"}, 422),
    ({"path": "root/gateway"}, 422),
])
def test_a_fault_must_name_what_there_is(start, body, status):
    ask(start(), "POST", "/api/supervision/fault", body, status=status)
