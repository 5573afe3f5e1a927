"""A power cut keeps only what was synced (fixtures/power_loss.c)."""

import os
import random

import pytest
from daemon import SANITIZER, eventually
from ledger import SWITCH, Ledger, run_until_killed
from power_loss import LIBRARY, Disk

SEED = int(os.environ.get("CLOSEDPAW_CRASH_SEED", 20240229))
CUTS = 5 if SANITIZER else 25


@pytest.fixture
def disk(tmp_path):
    assert os.path.exists(LIBRARY), "CLOSEDPAW_POWER_LOSS names no library"
    return Disk(tmp_path / "disk")


@pytest.fixture
def make(make_daemon, disk):
    def make_one(durability):
        return make_daemon(settings={"audit.durability": durability},
                           env=disk.env)
    return make_one


def ids_after(daemon):
    return {action["id"] for action in daemon.get("/api/actions").json}


def test_sync_loses_nothing_acknowledged(make, disk):
    rng = random.Random(SEED)
    daemon = make("sync")
    ledger = Ledger()
    for cut in range(1, CUTS + 1):
        daemon.start()
        if cut == 1:
            daemon.wait_for_model_server()
        with daemon.client() as client:
            ledger.check(client, ledger.recent, f"seed {SEED}, cut {cut - 1}")
        ledger.recent.clear()
        before = disk.syncs
        run_until_killed(daemon, ledger, rng, acks=rng.randint(1, 30))
        assert disk.syncs > before, "nothing was synced: is data.mdb tracked?"
        disk.cut(daemon.data_dir, rng)
        daemon.verify()
    daemon.start()
    with daemon.client() as client:
        ledger.check(client, set(ledger.told), f"seed {SEED}, at the end")
    assert ledger.acknowledged >= CUTS


def test_sync_acknowledges_only_after_the_sync(make, disk):
    daemon = make("sync").start().wait_for_model_server()
    disk.hold(True)
    with daemon.client() as client:
        client.send("POST", "/api/actions", SWITCH)
        eventually(lambda: disk.is_holding, "the commit reaches its sync")
        assert not client.readable(0.3), client.receive()
        disk.hold(False)
        reply = client.receive()
    assert reply.status == 200, reply
    daemon.kill9()
    disk.cut(daemon.data_dir)
    daemon.start()
    assert daemon.get(f"/api/actions/{reply.json['action_id']}").status == 200


def test_a_failing_sync_refuses_the_action(make, disk):
    daemon = make("sync").start().wait_for_model_server()
    kept = daemon.post("/api/actions", SWITCH).json["action_id"]
    disk.fail(True)
    refused = daemon.post("/api/actions", SWITCH)
    assert refused.status == 503, refused
    assert refused.json["code"] in ("audit_refused", "storage_failed"), refused
    assert "audit" in refused.json["detail"].lower(), refused
    disk.fail(False)
    daemon.kill9()
    disk.cut(daemon.data_dir)
    daemon.verify()
    daemon.start()
    assert ids_after(daemon) == {kept}


def test_async_says_so_and_loses_what_was_not_synced(make, disk):
    daemon = make("async").start().wait_for_model_server()
    assert daemon.get("/api/status").json["durability"] == "async"
    # From here on nothing reaches the disk, and still there are answers.
    disk.hold(True)
    reply = daemon.post("/api/actions", SWITCH)
    assert reply.status == 200, reply
    daemon.kill9()
    disk.hold(False)
    disk.cut(daemon.data_dir)
    daemon.start()
    lost = daemon.get(f"/api/actions/{reply.json['action_id']}")
    assert lost.status == 404, lost
    daemon.kill9()
    daemon.verify()
