"""What a service manager is told, and the unit that is shipped for systemd."""

import pathlib
import shutil
import socket
import subprocess

import pytest

from daemon import BINARY, DEADLINE, eventually

UNIT = (pathlib.Path(__file__).resolve().parents[2] / "config" / "ops" /
        "systemd" / "closedpaw.service")


@pytest.fixture
def manager(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        path = tmp_path / "notify"
        listener.bind(str(path))
        listener.settimeout(DEADLINE)
        yield path, listener


def test_a_service_manager_is_told(make_daemon, manager):
    path, listener = manager

    def told():
        return listener.recv(4096).decode()

    daemon = make_daemon(env={"NOTIFY_SOCKET": str(path),
                              "WATCHDOG_USEC": "2000000"}).start()
    first = [told(), told()]
    assert f"READY=1\nSTATUS=listening on port {daemon.port}" in first
    assert "WATCHDOG=1" in first
    # And again, for as long as actors run.
    assert told() == "WATCHDOG=1"
    daemon.terminate()
    said = eventually(lambda: [x for x in [told()] if x != "WATCHDOG=1"],
                      "it says that it stops")
    assert said == ["STOPPING=1"]


def test_actors_that_stop_silence_the_watchdog(make_daemon, manager):
    """The proof comes from an actor: one that hangs proves nothing."""
    path, listener = manager

    def told():
        return listener.recv(4096).decode()

    daemon = make_daemon(
        env={"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "400000"},
        settings={"supervision.fault_injection": "true",
                  "supervision.hang_after_ms": "3600000"}).start()
    eventually(lambda: told() == "WATCHDOG=1", "it is alive")
    assert daemon.post("/api/supervision/fault", {
        "path": "root/monitoring/health", "kind": "hang"}).status == 202

    eventually(lambda: daemon.get("/api/supervision/root/monitoring/health")
               .json["mailbox"]["depth"] > 0, "it hangs")
    # What was under way may still come; then nothing, for ten of its periods.
    listener.settimeout(2)
    with pytest.raises(TimeoutError):
        while told():
            pass


def test_systemd_accepts_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/closedpaw/closedpaw",
                                             str(pathlib.Path(BINARY).resolve())))
    runtime = tmp_path / "run"
    runtime.mkdir()
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", unit],
        env={"XDG_RUNTIME_DIR": str(runtime), "HOME": str(tmp_path),
             "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, ""), done.stderr
