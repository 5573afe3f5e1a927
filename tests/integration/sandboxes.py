"""What tests of sandboxes ask a daemon."""

import json
import os
import subprocess

from asking import action, ask, decide, ended, submit
from daemon import eventually

MIB = 1 << 20


def isolation(daemon):
    return ask(daemon, "GET", "/api/agents/runtimes")


def create(daemon, skill="shell", status=201, **limits):
    body = {"skill_id": skill}
    if limits:
        body["limits"] = limits
    return ask(daemon, "POST", "/api/agents", body, status)


def execute(daemon, agent, command, status=200, **more):
    return ask(daemon, "POST", f"/api/agents/{agent['id']}/execute",
               {"command": command, **more}, status)


def stop(daemon, agent, force=False):
    return ask(daemon, "POST",
               f"/api/agents/{agent['id']}/stop?force={str(force).lower()}")


def agent_of(daemon, agent):
    return ask(daemon, "GET", f"/api/agents/{agent['id']}")


def end_of(daemon, agent):
    """How it ended, once it has."""
    return eventually(lambda: agent_of(daemon, agent)["end"],
                      f"agent {agent['id']} ends")


def run(daemon, kind="file_operation", skill=None, **parameters):
    """The action as it ended, approved where that is needed."""
    action_id = submit(daemon, kind, skill, **parameters)
    if action(daemon, action_id)["status"] == "pending":
        decide(daemon, action_id)
    return ended(daemon, action_id)


def run_python(daemon, agent, program, **more):
    return execute(daemon, agent, ["python3", "-c", program], **more)


def write_skill(daemon, program, name="custom", **manifest):
    folder = daemon.data_dir / "skills" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run").write_text(program)
    (folder / "run").chmod(0o755)
    (folder / "manifest.json").write_text(json.dumps({
        "id": name, "name": name, "version": "1", "security_level": "low",
        "system": True, "command": ["/skill/run"],
        "operations": {"go": {"security_level": "low", "parameters": {}}},
        **manifest}))
    eventually(lambda: daemon.get(f"/api/skills/{name}").status == 200,
               "the skill is found", 20)
    ask(daemon, "POST", f"/api/skills/{name}/enable")


def go(daemon, name="custom", **parameters):
    return run(daemon, "skill_execution", name, operation="go", **parameters)


def groups_of_agents(daemon):
    """Active agents, which must be none when all is done."""
    return ask(daemon, "GET", "/api/agents/sandbox-info")["agents"]


def groups_named(container):
    """Control groups of a container, in all hierarchies."""
    return [folder for folder, _, _ in os.walk("/sys/fs/cgroup")
            if os.path.basename(folder).endswith(container)]


def running(argument):
    """Whether a process with that argument is there, on the whole machine."""
    return subprocess.run(["pgrep", "-f", f"^sleep {argument}"],
                          capture_output=True, check=False).stdout != b""
