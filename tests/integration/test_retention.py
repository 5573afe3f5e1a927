"""Retention: the log's beginning goes, and the rest proves itself as before."""

import os
import struct
import subprocess

import pytest
from asking import ask, node, submit
from conftest import MODEL
from daemon import BINARY, eventually
from power_loss import preloaded

CLOCK = os.environ.get("CLOSEDPAW_CLOCK_JUMP", "")

# Everything but the newest block is too much.
SETTINGS = {"audit.keep_bytes": "1", "audit.keep_interval_ms": "100",
            "audit.head_interval_ms": "100"}


@pytest.fixture
def small(make_daemon):
    daemon = make_daemon(settings=SETTINGS).start()
    eventually(lambda: MODEL in str(ask(daemon, "GET", "/api/models")),
               "its models are listed")
    return daemon


def first_kept(daemon):
    return ask(daemon, "GET", "/api/audit-logs/verify")["first_kept"]


def settled(daemon):
    """Where the log begins, once no whole block but the newest is left."""
    def look():
        found = ask(daemon, "GET", "/api/audit-logs/verify")
        newest = (found["events"] - 1) // 256 * 256
        return newest if found["first_kept"] == newest > 0 else None
    return eventually(look, "all that may go is cut")


def wait_for_looks(daemon):
    """One may be at work; the second began after this did."""
    def looks():
        return node(daemon, "root/storage/log_retention")["messages"]
    before = looks()
    eventually(lambda: looks() >= before + 2, "it has looked again")


def fill(daemon, actions):
    return [submit(daemon, "model_switch", model=MODEL) for _ in range(actions)]


def test_the_log_is_cut_and_proves_itself(small):
    early = fill(small, 300)[0]
    cut = settled(small)
    assert cut % 256 == 0
    reply = small.get("/api/audit-logs/proof/inclusion?sequence=1")
    assert reply.status == 404 and "gone by retention" in reply.json["detail"], reply
    ask(small, "GET", f"/api/audit-logs/proof/inclusion?sequence={cut}")
    reply = small.get("/api/audit-logs/proof/consistency?first=100")
    assert reply.status == 400 and f"from {cut} events on" in reply.json["detail"]
    ask(small, "GET", f"/api/audit-logs/proof/consistency?first={cut + 1}")
    # Pages end where it begins.
    oldest = ask(small, "GET", f"/api/audit-logs?limit=1000&before={cut + 5}")
    assert len(oldest) == 5
    [told] = ask(small, "GET", f"/api/audit-logs?status=log_cut&limit=1")
    assert told["details"]["first_kept"] == cut
    # The row went with its events.
    assert small.get(f"/api/actions/{early}").status == 404


def test_it_survives_kill_9_and_is_checked_offline(small):
    fill(small, 300)
    cut = settled(small)
    small.restart()
    assert first_kept(small) >= cut
    fill(small, 200)
    eventually(lambda: first_kept(small) > cut, "it is cut again")
    done = subprocess.run(
        [BINARY, "audit", "verify", "--data-dir", str(small.data_dir)],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert "the log begins at event" in done.stdout
    assert "signed heads" in done.stdout
    small.terminate()
    small.start()


def test_what_is_older_than_asked_for_goes(make_daemon, tmp_path):
    if not CLOCK:
        pytest.skip("CLOSEDPAW_CLOCK_JUMP names no library")
    clock = tmp_path / "clock"
    clock.write_bytes(struct.pack("q", 0))
    daemon = make_daemon(
        settings={**SETTINGS, "audit.keep_bytes": "0", "audit.keep_days": "30"},
        env={**preloaded(CLOCK), "CLOCK_OFFSET_FILE": str(clock)}).start()
    eventually(lambda: MODEL in str(ask(daemon, "GET", "/api/models")),
               "its models are listed")
    fill(daemon, 300)
    for days in (29, 31):
        assert first_kept(daemon) == 0
        with open(clock, "r+b") as file:
            file.write(struct.pack("q", days * 24 * 3600))
        wait_for_looks(daemon)
    settled(daemon)


def test_nothing_is_cut_unless_it_is_asked_for(make_daemon):
    daemon = make_daemon(settings={**SETTINGS, "audit.keep_bytes": "0"}).start()
    eventually(lambda: MODEL in str(ask(daemon, "GET", "/api/models")),
               "its models are listed")
    fill(daemon, 300)
    wait_for_looks(daemon)
    assert first_kept(daemon) == 0
