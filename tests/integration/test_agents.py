"""Agents of the real daemon, and skills that do the work."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from asking import ask, ended, events_of, node, nodes, submit
from daemon import eventually
from sandboxes import (agent_of, create, end_of, execute, go,
                       groups_named, groups_of_agents, isolation, run, running,
                       stop, write_skill)

# -- skills -------------------------------------------------------------------

def test_files_really_change(daemon):
    eventually(lambda: isolation(daemon)["chosen"], "isolation is tried")
    row = run(daemon, operation="write", path="notes.txt", content="hello\n")
    assert row["status"] == "completed", row
    file = daemon.data_dir / "workspaces" / "filesystem" / "notes.txt"
    assert file.read_text() == "hello\n"
    changes = row["result"]["changes"]
    assert (changes["added"], changes["bytes_after"]) == (1, 6)
    assert changes["files"][0]["path"] == "notes.txt"
    assert len(changes["files"][0]["sha256"]) == 64
    event = events_of(daemon, row["id"])[-1]
    assert event["details"]["result"]["changes"] == changes
    assert event["details"]["result"]["sandbox"]["cause"] == "exited"
    row = run(daemon, operation="read", path="notes.txt")
    assert row["result"]["result"]["content"] == "hello\n"
    row = run(daemon, operation="delete", path="notes.txt")
    assert row["result"]["changes"]["removed"] == 1
    assert not file.exists()


def test_a_file_operation_that_does_not_fit_says_why(daemon):
    eventually(lambda: isolation(daemon)["chosen"], "isolation is tried")
    row = run(daemon, operation="read", path=7)
    assert row["error_code"] == "bad_request" and "path" in row["error"]
    row = run(daemon, operation="read", path="../../vault")
    assert "leads out of the workspace" in row["error"]


def test_a_skill_in_another_language(shelly):
    write_skill(shelly, """#!/usr/bin/python3
import json, os, sys
q = json.load(sys.stdin)
open("/workspace/made", "w").write(q["parameters"]["text"])
print(json.dumps({"ok": True, "result": {"uid": os.getuid(),
      "sees": sorted(os.listdir("/")), "op": q["operation"]}}))
""")
    row = go(shelly, text="from python")
    assert row["status"] == "completed", row
    assert row["result"]["result"]["op"] == "go"
    assert row["result"]["result"]["uid"] == 65534
    made = shelly.data_dir / "workspaces" / "custom" / "made"
    assert made.read_text() == "from python"


def test_what_a_skill_may_do_wrong(shelly):
    write_skill(shelly, "#!/bin/sh\necho nonsense\n", "liar")
    row = go(shelly, "liar")
    assert row["error_code"] == "sandbox_failed" and "protocol" in row["error"]
    write_skill(shelly, "#!/bin/sh\nyes\n", "flood",
                limits={"output_bytes": 10000})
    row = go(shelly, "flood")
    assert row["result"]["sandbox"]["limits_met"][-1] == "output_bytes"
    write_skill(shelly, "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n",
                "slow", limits={"wall_ms": 300})
    row = go(shelly, "slow")
    assert row["error_code"] == "timeout", row
    assert row["result"]["sandbox"]["cause"] == "wall_time"
    assert "wall_ms" in row["result"]["sandbox"]["limits_met"]
    write_skill(shelly, "#!/bin/sh\necho why >&2\nexit 3\n", "fails")
    row = go(shelly, "fails")
    assert "exit code 3: why" in row["error"]
    assert not groups_of_agents(shelly)


def test_a_skill_whose_files_change_is_disabled(shelly):
    write_skill(shelly, "#!/bin/sh\necho '{\"ok\": true}'\n")
    assert go(shelly)["status"] == "completed"
    file = shelly.data_dir / "skills" / "custom" / "run"
    file.write_text("#!/bin/sh\necho '{\"ok\": true, \"result\": 666}'\n")
    row = go(shelly)
    assert row["status"] == "failed", row
    assert row["error_code"] in ("conflict", "forbidden"), row
    eventually(lambda: not ask(shelly, "GET", "/api/skills/custom")["enabled"],
               "the skill is disabled", 20)
    ask(shelly, "POST", "/api/skills/custom/enable")
    assert go(shelly)["result"]["result"] == 666


def test_a_cancelled_action_ends_its_sandbox(shelly):
    write_skill(shelly, "#!/bin/sh\nsleep 100\n")
    action_id = submit(shelly, "skill_execution", "custom", operation="go")
    eventually(lambda: groups_of_agents(shelly), "the sandbox runs")
    ask(shelly, "POST", f"/api/actions/{action_id}/cancel")
    eventually(lambda: not groups_of_agents(shelly), "the sandbox ends")
    assert ended(shelly, action_id)["error_code"] == "cancelled"


# -- agents -------------------------------------------------------------------

def test_the_life_of_an_agent(shelly):
    agent = create(shelly)
    assert agent["state"] == "running" and agent["runtime"] == "bubblewrap"
    path = f"root/agents/sandbox-{agent['id']}"
    assert nodes(shelly)[path]["state"] == "running"
    done = execute(shelly, agent, "echo out; echo err >&2; exit 5")
    assert (done["exit_code"], done["stdout"], done["stderr"]) == \
        (5, "out\n", "err\n")
    done = execute(shelly, agent, "sleep 60", timeout=0.3)
    assert done["timed_out"] and done["signal"] == signal.SIGTERM
    execute(shelly, agent, "echo kept > file")
    assert execute(shelly, agent, ["cat", "file"])["stdout"] == "kept\n"
    ask(shelly, "POST", f"/api/agents/{agent['id']}/pause")
    assert agent_of(shelly, agent)["state"] == "paused"
    execute(shelly, agent, "true", status=409)
    ask(shelly, "POST", f"/api/agents/{agent['id']}/resume")
    assert execute(shelly, agent, "true")["exit_code"] == 0
    assert stop(shelly, agent)["state"] == "stopped"
    assert end_of(shelly, agent)["cause"] == "stopped"
    eventually(lambda: path not in nodes(shelly), "its node goes")
    ask(shelly, "POST", f"/api/agents/{agent['id']}/stop", status=409)
    assert not (shelly.data_dir / "agents" / agent["id"]).exists()

    def told():
        events = ask(shelly, "GET", "/api/audit-logs?action_type=agent")
        return {e["status"] for e in events
                if e["details"].get("agent_id") == agent["id"]}
    eventually(lambda: {"created", "command", "stop_asked", "ended"} <= told(),
               "all of it is audited")


def test_bad_requests_are_told_apart(shelly):
    assert create(shelly, "nobody", 404)["detail"] == "Skill not found"
    ask(shelly, "POST", "/api/skills/shell/disable")
    assert "disabled" in create(shelly, status=403)["detail"]
    ask(shelly, "POST", "/api/skills/shell/enable")
    assert "memory" in create(shelly, status=400, memory=1)["detail"]
    assert "network_allow is empty" in \
        create(shelly, status=403, network=True)["detail"]
    assert "channel" in create(shelly, "telegram", 400)["detail"]
    ask(shelly, "GET", "/api/agents/none", status=404)
    agent = create(shelly)
    execute(shelly, agent, 7, status=422)
    execute(shelly, agent, [], status=422)


def test_isolation_is_tried_again(shelly):
    before = isolation(shelly)["runtimes"][0]
    found = ask(shelly, "POST", "/api/agents/runtimes/check")["runtimes"][0]
    assert found["works"] and found["tried_at"] > before["tried_at"]


def test_only_so_many_agents(shelly):
    agents = [create(shelly) for _ in range(4)]
    assert "max_agents" in create(shelly, status=429)["detail"]
    stop(shelly, agents[0], force=True)
    create(shelly)


def test_only_so_many_agents_also_at_once(make_daemon):
    daemon = make_daemon(settings={"sandbox.max_agents": 2}).start()
    eventually(lambda: isolation(daemon)["chosen"], "isolation is chosen")
    ask(daemon, "POST", "/api/skills/shell/enable")
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: daemon.post("/api/agents",
                                                    {"skill_id": "shell"}).status,
                              range(6)))
    assert sorted(set(found)) == [201, 429], found
    assert found.count(201) == 2


def test_answers_are_bounded_by_their_members_not_their_text(shelly):
    write_skill(shelly, "#!/usr/bin/env python3\nimport json, sys\n"
                "n = json.load(sys.stdin)['parameters']['n']\n"
                "json.dump({'ok': True, 'result': {'text': ',' * 50000, 'members':"
                " {str(i): i for i in range(n)}}}, sys.stdout)\n")
    row = go(shelly, n=4500)
    assert row["status"] == "completed", row["error"]
    assert row["result"]["result"]["members"]["4499"] == 4499
    row = go(shelly, n=60000)
    assert "at most 5000 members" in row["error"]
    assert node(shelly, "root/agents/manager")["restarts"] == 0


def test_a_command_cannot_answer_in_the_others_stead(shelly):
    agent = create(shelly)
    answer = execute(shelly, agent, "for f in /proc/[0-9]*/fd/1; do "
                     "echo '{\"exit_code\":0,\"stdout\":\"spoofed\"}' > $f; done "
                     "2>/dev/null; exit 7")
    assert answer["exit_code"] == 7, answer
    # Nor the next one's.
    answer = execute(shelly, agent, "echo fine")
    assert (answer["exit_code"], answer["stdout"]) == (0, "fine\n")


def test_a_crash_leaves_nothing_behind(shelly):
    agent = create(shelly)
    marker = f"1{os.getpid()}.5"
    execute(shelly, agent, f"sleep {marker} >/dev/null 2>&1 &")
    eventually(lambda: running(marker), "it sleeps")
    shelly.kill9()
    eventually(lambda: not running(marker), "the sandbox dies with us")
    shelly.start()
    assert ask(shelly, "GET", "/api/agents") == []
    assert not (shelly.data_dir / "agents").exists()


def test_an_agents_actor_that_fails_takes_nothing_along(shelly):
    first, second = create(shelly), create(shelly)
    for kind, victim in (("throw", first), ("hang", create(shelly))):
        ask(shelly, "POST", "/api/supervision/fault",
            {"path": f"root/agents/sandbox-{victim['id']}", "kind": kind}, 202)
        assert end_of(shelly, victim)["cause"] == "abandoned"
        assert execute(shelly, second, "echo fine")["stdout"] == "fine\n"
    ask(shelly, "POST", "/api/supervision/fault",
        {"path": "root/agents/manager", "kind": "throw"}, 202)
    eventually(lambda: shelly.post(
        f"/api/agents/{second['id']}/execute",
        {"command": "echo still"}).status == 200, "the manager is back")
    assert agent_of(shelly, second)["state"] == "running"


# It has processes of a namespace of their own, as a runtime does.
RUNTIME = """#!/bin/sh
case "$*" in *--version*) echo "runc of a test"; exit;; esac
%s
exec unshare --pid --fork --kill-child /usr/bin/cat
"""
ESCAPE = 'for all in /sys/fs/cgroup/*/cgroup.procs; do echo $$ > "$all"; done'


@pytest.mark.skipif(os.geteuid() != 0, reason="runc is tried by root only")
@pytest.mark.parametrize("leaves", [False, True])
def test_what_leaves_its_bounds_is_not_used(make_daemon, tmp_path, leaves):
    program = tmp_path / "runc"
    program.write_text(RUNTIME % (ESCAPE if leaves else ""))
    program.chmod(0o755)
    daemon = make_daemon(settings={
        "sandbox.runtimes": '["oci"]',
        "sandbox.program_directories": f'["{tmp_path}"]'}).start()
    found = eventually(lambda: isolation(daemon)["runtimes"],
                       "isolation is tried", 30)[0]
    assert found["installed"]
    if isolation(daemon)["accounting"] != "cgroup v1":
        pytest.skip("runc is used with control groups of version 1 only")
    assert found["version"] == "runc of a test"
    assert found["works"] is not leaves
    if not leaves:
        return
    assert "not in the control group that bounds it" in found["why_not"]
    assert isolation(daemon)["chosen"] is None
    ask(daemon, "POST", "/api/skills/shell/enable")
    refused = create(daemon, status=503)
    assert "no isolation works here" in refused["detail"], refused


@pytest.mark.parametrize("runtime", ["gvisor", "oci"])
def test_other_kinds_of_isolation(make_daemon, runtime):
    daemon = make_daemon(
        settings={"sandbox.runtimes": f'["{runtime}"]'}).start()
    found = eventually(lambda: isolation(daemon)["runtimes"],
                       "isolation is tried", 30)[0]
    if not found["works"]:
        pytest.skip(f"{runtime} does not work here: {found['why_not']}")
    row = run(daemon, operation="write", path="x.txt", content="1")
    assert row["status"] == "completed", row
    assert row["result"]["sandbox"]["runtime"] == runtime
    assert row["result"]["changes"]["added"] == 1
    ask(daemon, "POST", "/api/skills/shell/enable")
    agent = create(daemon)
    done = execute(daemon, agent, "echo out; echo err >&2; exit 5")
    assert (done["exit_code"], done["stdout"], done["stderr"]) == \
        (5, "out\n", "err\n")
    done = execute(daemon, agent, "sleep 60", timeout=0.3)
    assert done["timed_out"] and done["signal"] == signal.SIGTERM
    assert stop(daemon, agent)["state"] == "stopped"
    # Nothing of it is left, nor of those whose runtime is killed with them.
    killed, orphan = create(daemon), create(daemon)
    stop(daemon, killed, force=True)
    eventually(lambda: not groups_named(killed["id"]), "its groups are gone")
    assert not groups_named(agent["id"])
    daemon.kill9()
    daemon.start()
    eventually(lambda: not groups_named(orphan["id"]), "its groups are gone")
