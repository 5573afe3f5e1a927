"""Programs that try to get out of a sandbox, or to use more than their share.
Each shows the limit named and the host unharmed."""

import json
import os
import signal
import threading

import pytest

from conftest import shelly_of
from daemon import eventually
from sandboxes import (MIB, agent_of, create, end_of, execute, go,
                       groups_of_agents, run, run_python, running,
                       stop, write_skill)

OWN_KERNEL = "gvisor"


@pytest.fixture(params=["bubblewrap", "oci", OWN_KERNEL])
def shelly(make_daemon, request):
    daemon = shelly_of(make_daemon, request.param)
    daemon.runtime = request.param
    return daemon


def test_fork_bomb(shelly):
    before = len(os.listdir("/proc"))
    agent = create(shelly, processes=24)
    shelly.post(f"/api/agents/{agent['id']}/execute",
                {"command": ["bash", "-c", ":(){ :|:& };:"], "timeout": 3})
    usage = eventually(
        lambda: (u := agent_of(shelly, agent)["usage"])["processes_refused"]
        and u, "the limit is met")
    # Those of the runtime are among them.
    assert usage["processes"] <= {"bubblewrap": 24, "oci": 88}.get(
        shelly.runtime, 240)
    assert len(os.listdir("/proc")) < before + 300
    if not agent_of(shelly, agent)["end"]:
        stop(shelly, agent, force=True)
    assert "processes" in end_of(shelly, agent)["limits_met"]
    assert not groups_of_agents(shelly)


def test_memory_hog(shelly):
    agent = create(shelly, memory_bytes=32 * MIB)
    if shelly.runtime == OWN_KERNEL:
        # Its memory is one process's: all of it ends.
        execute(shelly, agent, ["tail", "/dev/zero"], status=502)
        end = end_of(shelly, agent)
        assert end["cause"] == "out_of_memory", end
        assert "memory_bytes" in end["limits_met"], end
    else:
        done = execute(shelly, agent, ["tail", "/dev/zero"])
        assert done["signal"] == signal.SIGKILL, done
        assert "memory_bytes" in done["limits_met"]
        assert done["usage"]["memory_peak_bytes"] <= 33 * MIB
    row = write_and_go(shelly, "#!/bin/sh\nexec tail /dev/zero\n",
                       {"memory_bytes": 32 * MIB})
    assert row["result"]["sandbox"]["cause"] == "out_of_memory", row
    assert "32 MiB" in row["error"]


def write_and_go(daemon, program, limits):
    write_skill(daemon, program, limits=limits)
    return go(daemon)


def test_disk_fill_in_every_writable_place(shelly):
    agent = create(shelly, disk_bytes=2 * MIB)
    for place in ("/tmp", "/dev/shm"):
        done = execute(shelly, agent,
                       f"cd {place}; for i in 1 2 3 4; do head -c 1M /dev/zero "
                       "> f$i || echo full; done; du -sm . | cut -f1")
        assert "full" in done["stdout"], done
        assert int(done["stdout"].split()[-1]) <= 2
    for place in ("/", "/dev", "/usr", "/skill", "/proc/sys/kernel", "/etc"):
        done = execute(shelly, agent, f"touch {place}/x 2>&1")
        assert done["exit_code"] != 0, (place, done)
    found = execute(shelly, agent,
                    "find / -xdev -path /usr -prune -o -type d -writable "
                    "-print 2>/dev/null")["stdout"]
    assert set(found.split()) <= {"/workspace", "/tmp", "/dev/shm"}, found
    shelly.post(f"/api/agents/{agent['id']}/execute",
                {"command": "while :; do head -c 500K /dev/zero > "
                            "/workspace/f$((n=n+1)); done"})
    end = end_of(shelly, agent)
    assert end["cause"] == "disk_limit" and "disk_bytes" in end["limits_met"]


def test_one_file_that_is_too_long(shelly):
    row = write_and_go(
        shelly, "#!/bin/sh\nexec head -c 3M /dev/zero > /workspace/long\n",
        {"disk_bytes": 2 * MIB})
    assert row["result"]["sandbox"]["cause"] == "disk_limit", row
    row = go(shelly)
    assert "holds more than its limit" in row["error"], row


def test_cpu_burn(shelly):
    agent = create(shelly, cpus=0.2)
    done = execute(shelly, agent, "while :; do :; done", timeout=1.5)
    assert "cpus" in done["limits_met"], done
    assert done["usage"]["throttled"] > 0


def test_no_way_to_the_network(shelly):
    agent = create(shelly)
    for target in (f"127.0.0.1/{shelly.port}", "1.1.1.1/53"):
        done = execute(shelly, agent,
                       ["bash", "-c", f"echo > /dev/tcp/{target}"])
        assert done["exit_code"] != 0, done
    done = execute(shelly, agent, "tail -n +3 /proc/net/dev | cut -d: -f1")
    assert done["stdout"].split() == ["lo"]
    if shelly.runtime == OWN_KERNEL:
        return
    done = run_python(shelly, agent, "import socket;"
                      "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)")
    assert "Address family not supported" in done["stderr"]


def test_what_is_not_theirs_is_not_there(shelly):
    first, second = create(shelly), create(shelly)
    execute(shelly, first, "echo secret > mine")
    for path in ("/etc/shadow", "/etc/passwd", "/root", "/home",
                 str(shelly.data_dir), f"../{first['id']}/mine", "/sys"):
        done = execute(shelly, second, ["ls", path])
        assert done["exit_code"] != 0, (path, done)
    done = execute(shelly, second, f"kill -9 {shelly.process.pid}; "
                                   f"kill -0 {os.getpid()}")
    assert done["stderr"].count("No such process") == 2, done
    done = execute(shelly, second, "ls /proc | grep -c '^[0-9]'; "
                                   "cat /proc/*/environ | tr '\\0' '\\n'")
    count, *rest = done["stdout"].split("\n", 1)
    assert int(count) < 10
    assert str(shelly.data_dir) not in rest[0]
    done = execute(shelly, second, "env")
    names = {line.split("=")[0] for line in done["stdout"].split("\n") if line}
    assert names <= {"PATH", "HOME", "TMPDIR", "LANG", "PWD", "_", "SHLVL",
                     "OLDPWD"}, names
    done = execute(shelly, second, "ls -l /proc/self/fd | wc -l")
    assert int(done["stdout"]) <= 5, done


def test_calls_that_are_refused(shelly):
    agent = create(shelly)
    program = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    r = getattr(libc, name)(*args)
    print(name, "done" if r == 0 else os.strerror(ctypes.get_errno()))
call("ptrace", 16, os.getppid(), 0, 0)
call("mount", b"tmpfs", b"/tmp", b"tmpfs", 0, 0)
call("umount2", b"/tmp", 2)
call("unshare", 0x10000000)
call("setns", 0, 0)
call("chroot", b"/tmp")
call("sethostname", b"x", 1)
call("setuid", 0)
"""
    done = run_python(shelly, agent, program)
    lines = dict(l.split(" ", 1) for l in done["stdout"].strip().split("\n"))
    # Namespaces of a kernel that is the sandbox's own.
    if shelly.runtime == OWN_KERNEL:
        lines["unshare"] = lines["chroot"] = "its own"
    assert len(lines) == 8 and "done" not in lines.values(), lines
    done = execute(shelly, agent, "cat /proc/self/status")
    status = dict(l.split(":\t", 1) for l in done["stdout"].split("\n") if l)
    assert status["CapEff"] == status["CapBnd"] == "0" * 16
    # Which has no more lines than that.
    if shelly.runtime != OWN_KERNEL:
        assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"


def test_input_to_a_terminal(shelly):
    """TIOCSTI, also with bits that the kernel does not look at."""
    if shelly.runtime == OWN_KERNEL:
        pytest.skip("its kernel has no such call, and ours is not asked")
    agent = create(shelly)
    done = run_python(shelly, agent, """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
ioctl = 16 if platform.machine() == "x86_64" else 29
for request in 0x5412, 0x100005412:
    libc.syscall(ioctl, 0, ctypes.c_ulong(request), b"x")
    print(os.strerror(ctypes.get_errno()))
""")
    assert done["stdout"].split("\n")[:2] == 2 * ["Operation not permitted"], done


def test_output_flood(shelly):
    agent = create(shelly, output_bytes=10_000)
    done = execute(shelly, agent, "yes | head -c 50000000")
    assert done["truncated"] and len(done["stdout"]) == 10_000
    assert execute(shelly, agent, "echo fine")["stdout"] == "fine\n"


def test_ignoring_to_be_asked_and_hiding(shelly):
    agent = create(shelly)
    marker = f"2{os.getpid()}.5"
    execute(shelly, agent, ["bash", "-c",
                            f"trap '' TERM; setsid setsid sleep {marker} "
                            ">/dev/null 2>&1 & disown"])
    if shelly.runtime != OWN_KERNEL:
        eventually(lambda: running(marker), "it sleeps")
    stop(shelly, agent)
    eventually(lambda: not running(marker), "nothing is left of it")


def test_a_link_that_changes_meanwhile(shelly):
    workspace = shelly.data_dir / "workspaces" / "filesystem"
    assert run(shelly, operation="mkdir", path="d")["status"] == "completed"
    assert run(shelly, operation="write", path="d/passwd",
               content="ours")["status"] == "completed"
    stopped = threading.Event()

    def flip():
        while not stopped.is_set():
            os.rename(workspace / "d", workspace / "kept")
            os.symlink("/etc", workspace / "d")
            os.unlink(workspace / "d")
            os.rename(workspace / "kept", workspace / "d")

    flipping = threading.Thread(target=flip)
    flipping.start()
    try:
        rows = [run(shelly, operation="read", path="d/passwd")
                for _ in range(15)]
    finally:
        stopped.set()
        flipping.join()
    for row in rows:
        assert "root:" not in json.dumps(row)
        if row["status"] == "completed":
            assert row["result"]["result"]["content"] == "ours"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its account up")
def test_files_of_the_workspace_are_nobodys(shelly):
    agent = create(shelly)
    execute(shelly, agent, "cp /bin/sh s; chmod 4755 s")
    file = shelly.data_dir / "agents" / agent["id"] / "s"
    assert file.stat().st_uid == 65534
