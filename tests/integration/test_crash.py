"""SIGKILL at random moments under load: nothing acknowledged is lost."""

import os
import random

from daemon import SANITIZER
from ledger import Ledger, run_until_killed

KILLS = int(os.environ.get("CLOSEDPAW_CRASH_KILLS", 40 if SANITIZER else 200))
SEED = int(os.environ.get("CLOSEDPAW_CRASH_SEED", 20240229))
VERIFY_EVERY = 20


def test_nothing_acknowledged_is_lost(make_daemon):
    rng = random.Random(SEED)
    daemon = make_daemon()
    ledger = Ledger()
    for kill in range(1, KILLS + 1):
        daemon.start()
        if kill == 1:
            daemon.wait_for_model_server()
        with daemon.client() as client:
            ledger.check(client, ledger.recent, f"seed {SEED}, kill {kill - 1}")
        ledger.recent.clear()
        run_until_killed(daemon, ledger, rng, acks=rng.randint(1, 40))
        if kill % VERIFY_EVERY == 0 or kill == KILLS:
            daemon.verify()
    daemon.start()
    with daemon.client() as client:
        ledger.check(client, set(ledger.told), f"seed {SEED}, at the end")
    assert daemon.terminate() == 0
    daemon.verify()
    assert ledger.acknowledged >= 5 * KILLS
    assert {"pending", "completed", "rejected"} <= ledger.checked
