"""Load on a daemon, and a ledger of everything that it acknowledged."""

import collections
import http.client
import random
import threading

from conftest import MODEL

SWITCH = {"action_type": "model_switch", "parameters": {"model": MODEL}}
CHANGE = {"action_type": "config_change",
          "parameters": {"key": "log.level", "value": "info"}}
# What may have become of an action after it was told to be in a state.
AFTERWARDS = {
    "pending": {"pending"},
    "approved": {"approved", "executing", "completed", "failed"},
    "executing": {"executing", "completed", "failed"},
    "completed": {"completed"},
    "failed": {"failed"},
    "rejected": {"rejected"},
}
TERMINAL = {"completed", "failed", "rejected"}


class Ledger:
    """Thread-safe. `told` is the newest state that a client was told."""

    def __init__(self):
        self.lock = threading.Lock()
        self.told = {}
        self.types = {}
        # Decisions that were sent and not answered: either outcome is right.
        self.undecided = {}
        self.recent = set()
        # The states that were looked for again.
        self.checked = set()
        self.acknowledged = 0

    def record(self, action_id, action_type, status):
        with self.lock:
            self.types.setdefault(action_id, action_type)
            if self.told.get(action_id) not in TERMINAL:
                self.told[action_id] = status
            self.undecided.pop(action_id, None)
            self.recent.add(action_id)
            self.acknowledged += 1
            return self.acknowledged

    def take_pending(self, rng):
        """A pending action that no other thread decides on, or nothing."""
        with self.lock:
            free = [i for i, s in self.told.items()
                    if s == "pending" and i not in self.undecided]
            if not free:
                return None
            chosen = rng.choice(sorted(free))
            self.undecided[chosen] = True
            self.recent.add(chosen)
            return chosen

    def still_pending(self, action_id):
        """A decision was refused: it was not carried out."""
        with self.lock:
            self.undecided.pop(action_id, None)

    def check(self, client, ids, note=""):
        """Everything that was told about `ids` is still so."""
        waiting = {a["id"] for a in client.get("/api/actions/pending").json}
        for action_id in sorted(ids):
            self._check_one(client, action_id, waiting, note)
        with self.lock:
            self.undecided.clear()

    def _check_one(self, client, action_id, waiting, note):
        told = self.told[action_id]
        self.checked.add(told)
        allowed = set(AFTERWARDS[told])
        if action_id in self.undecided:
            allowed |= AFTERWARDS["approved"] | AFTERWARDS["rejected"]
        reply = client.get(f"/api/actions/{action_id}")
        assert reply.status == 200, f"{note}: {action_id} ({told}) lost: {reply}"
        row = reply.json
        status = row["status"]
        assert row["action_type"] == self.types[action_id], (note, row)
        assert status in allowed, f"{note}: told {told}, is {row}"
        assert status != "failed" or row["error"], f"{note}: no cause in {row}"
        assert (action_id in waiting) == (status == "pending"), (note, row)
        events = client.get(f"/api/audit-logs?action_id={action_id}").json
        statuses = [event["status"] for event in events]
        assert statuses, f"{note}: no audit event of {row}"
        if told in TERMINAL | {"pending"}:
            assert told in statuses, f"{note}: {told} is not in {statuses}"
        if status in TERMINAL:
            # Newest first.
            assert statuses[0] == status, f"{note}: {row} against {statuses}"
        if action_id in self.undecided and status != "pending":
            self.told[action_id] = status


class Load(threading.Thread):
    """One client; ends when the connection does, or when told to."""

    def __init__(self, daemon, ledger, seed, on_ack):
        super().__init__(daemon=True)
        self.client = daemon.client()
        self.ledger = ledger
        self.rng = random.Random(seed)
        self.on_ack = on_ack
        self.stopping = False
        self.surprises = []
        self.recent = collections.deque(maxlen=8)

    def run(self):
        try:
            while not self.stopping:
                self.rng.choices(
                    (self.submit_switch, self.submit_change, self.decide,
                     self.look), (5, 2, 2, 1))[0]()
        except (OSError, http.client.HTTPException):
            pass  # The daemon was killed under us: what the test is about.
        except Exception as error:  # pylint: disable=broad-except
            self.surprises.append(repr(error))
        finally:
            self.client.close()

    def ask(self, method, path, body=None):
        reply = self.client.request(method, path, body)
        if reply.status != 200:
            raise AssertionError(f"{method} {path}: {reply}")
        return reply.json

    def acknowledged(self, *entry):
        self.on_ack(self.ledger.record(*entry))

    def submit_switch(self):
        self.submit(SWITCH)

    def submit_change(self):
        self.submit(CHANGE)

    def submit(self, body):
        answer = self.ask("POST", "/api/actions", body)
        self.recent.append((answer["action_id"], body["action_type"]))
        self.acknowledged(answer["action_id"], body["action_type"],
                          answer["status"])

    def decide(self):
        chosen = self.ledger.take_pending(self.rng)
        if chosen is None:
            return
        approved = self.rng.random() < 0.7
        reply = self.client.post(f"/api/actions/{chosen}/approve",
                                 {"approved": approved})
        # Configuration changes are recorded one at a time.
        if reply.status == 409 and "another" in reply.json["detail"]:
            self.ledger.still_pending(chosen)
            return
        assert reply.status == 200, f"decision on {chosen}: {reply}"
        self.acknowledged(chosen, "config_change", reply.json["status"])

    def look(self):
        """A state that was shown counts as told."""
        if not self.recent:
            return
        action_id, kind = self.rng.choice(self.recent)
        row = self.ask("GET", f"/api/actions/{action_id}")
        if row["status"] in TERMINAL:
            self.acknowledged(action_id, kind, row["status"])


def run_until_killed(daemon, ledger, rng, acks, threads=4):
    """Loads the daemon, and kills it at the `acks`-th acknowledgement."""
    start = ledger.acknowledged

    def on_ack(count):
        if count - start >= acks:
            daemon.signal_kill()

    loads = [Load(daemon, ledger, rng.random(), on_ack) for _ in range(threads)]
    for load in loads:
        load.start()
    for load in loads:
        load.join(60)
        assert not load.is_alive(), "a client got no answer and no end"
    surprises = [s for load in loads for s in load.surprises]
    daemon.kill9()
    assert not surprises, surprises
