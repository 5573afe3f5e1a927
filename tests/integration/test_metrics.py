"""GET /metrics: what it counts, and that Prometheus reads it."""

import shutil
import subprocess

import pytest

from alert_help import QUICK, metrics, sum_of
from asking import ask, change_setting, decide, ended, submit
from daemon import eventually


def need(tool):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    return tool


def test_promtool_finds_nothing_wrong(daemon):
    tool = need("promtool")
    ask(daemon, "POST", "/api/chat", {"message": "Good morning!"})
    text = daemon.get("/metrics").body
    done = subprocess.run([tool, "check", "metrics"], input=text,
                          capture_output=True, check=False)
    assert done.returncode == 0, done
    # What it complains about on standard output does not always fail it.
    assert done.stdout + done.stderr == b"", done


def test_requests_are_counted_by_route_and_status(daemon):
    name = "http_server_request_duration_seconds_count"
    before = metrics(daemon)
    for _ in range(3):
        daemon.get("/api/actions/pending")
    daemon.get("/api/actions/0190d1a2-0000-7000-8000-000000000000")
    daemon.get("/no/such/path")
    daemon.request("POST", "/api/status")
    daemon.get("/api/status", Host="evil.example")
    after = metrics(daemon)

    def grown(**labels):
        return sum_of(after, name, **labels) - sum_of(before, name, **labels)

    assert grown(http_route="/api/actions/pending",
                 http_response_status_code="200") == 3
    assert grown(http_route="/api/actions/{id}",
                 http_response_status_code="404") == 1
    # No label is what a client chose.
    assert grown(http_route="unmatched", http_response_status_code="404") == 1
    assert grown(http_route="unmatched", http_response_status_code="405") == 1
    assert grown(http_response_status_code="403") == 1
    assert sum_of(after, "closedpaw_http_refused_total", reason="policy") \
        - sum_of(before, "closedpaw_http_refused_total", reason="policy") == 1


def test_actions_are_counted_by_what_became_of_them(daemon):
    name = "closedpaw_actions_total"
    before = metrics(daemon)
    assert sum_of(before, name, type="config_change", status="rejected") == 0
    change_setting(daemon, "log.level", "debug")
    no = submit(daemon, "config_change", key="log.level", value="info")
    decide(daemon, no, approved=False)
    waiting = submit(daemon, "config_change", key="log.level", value="info")
    after = metrics(daemon)

    def grown(status):
        labels = {"type": "config_change", "status": status}
        return sum_of(after, name, **labels) - sum_of(before, name, **labels)

    assert grown("pending") == 3
    assert grown("completed") == 1
    assert grown("rejected") == 1
    assert grown("failed") == 0
    assert after["closedpaw_actions_pending"] == 1
    assert sum_of(after, "closedpaw_action_approval_seconds_count",
                  decision="approved") == 1
    assert sum_of(after, "closedpaw_action_approval_seconds_count",
                  decision="rejected") == 1
    assert sum_of(after, "closedpaw_action_execution_seconds_count",
                  type="config_change") == 1
    assert ended(daemon, no)["status"] == "rejected"
    decide(daemon, waiting)
    # Whatever was recorded is counted as an event.
    eventually(lambda: sum_of(metrics(daemon), "closedpaw_audit_events_total")
               == len(ask(daemon, "GET", "/api/audit-logs?limit=1000")),
               "as many events are counted as there are")


def test_model_calls_are_measured(daemon, model_server):
    ask(daemon, "POST", "/api/chat", {"message": "Good morning!"})
    model_server.control(mode="status", status=500, path="/api/chat")
    ask(daemon, "POST", "/api/chat", {"message": "And again?"}, status=502)
    found = metrics(daemon)
    duration = "gen_ai_client_operation_duration_seconds_count"
    assert sum_of(found, duration, provider="ollama",
                  gen_ai_operation_name="chat", error_type="") == 1
    assert sum_of(found, duration, provider="ollama",
                  error_type="upstream_failed") >= 1
    assert sum_of(found, "gen_ai_client_token_usage_sum",
                  gen_ai_token_type="output") > 0


def test_the_tree_the_process_and_the_store_are_measured(make_daemon):
    daemon = make_daemon(settings=QUICK).start().wait_for_model_server()
    path = {"path": "root/orchestrator"}
    before = metrics(daemon)
    assert sum_of(before, "closedpaw_actor_state", state="running", **path) == 1
    ask(daemon, "POST", "/api/supervision/fault",
        {"path": "root/orchestrator", "kind": "throw"}, status=202)
    eventually(lambda: sum_of(metrics(daemon), "closedpaw_actor_restarts_total",
                              **path) == 1, "the restart is counted")
    found = eventually(
        lambda: (lambda m: m if m["closedpaw_actor_recovery_seconds_count"]
                 else None)(metrics(daemon)), "the recovery is counted")
    assert sum_of(found, "closedpaw_actor_exits_total", cause="exception",
                  **path) == 1
    assert 1e6 < found["process_resident_memory_bytes"] < 1e9
    assert found["process_open_fds"] > 5
    assert found["closedpaw_store_used_bytes"] > 0
    assert 0 < found["closedpaw_disk_free_bytes"] \
        <= found["closedpaw_disk_size_bytes"]
    assert sum_of(found, "closedpaw_build_info") == 1
