"""Clients that keep asking, and remember every answer and its absence."""

import collections
import http.client
import threading

from asking import events_of
from conftest import MODEL
from daemon import eventually

SWITCH = {"action_type": "model_switch", "parameters": {"model": MODEL}}
# What is refused while something is down must say so in one of these ways.
REFUSALS = {500, 502, 503, 504}


class Pressure:
    """`with Pressure(daemon) as load:` asks until the block is left."""

    def __init__(self, daemon, threads=3):
        self.daemon = daemon
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.answers = collections.Counter()
        self.refusals = collections.Counter()
        self.acknowledged = {}
        self.wrong = []
        self.threads = [threading.Thread(target=self._run, args=(n,),
                                         daemon=True) for n in range(threads)]
        self.threads.append(
            threading.Thread(target=self._watch, daemon=True))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        self.wait_for_progress()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a request has no answer and no end"

    def wait_for_progress(self, rounds=3):
        """Until every kind of request was served a few times more."""
        with self.lock:
            before = collections.Counter(self.answers)
        kinds = ("switch", "chat", "status", "action", "tree")
        eventually(lambda: all(self.answers[k] >= before[k] + rounds
                               for k in kinds), "all requests are served")

    def check(self):
        """After stop(): everything was answered, nothing told was lost."""
        assert not self.wrong, self.wrong[:5]
        with self.daemon.client() as client:
            for action_id, kind in self.acknowledged.items():
                self._check_one(client, action_id, kind)

    @staticmethod
    def _check_one(client, action_id, kind):
        row = client.get(f"/api/actions/{action_id}")
        assert row.status == 200, f"{kind} {action_id} is lost: {row}"
        assert row.json["status"] == "completed", row
        statuses = [e["status"] for e in events_of(client, action_id)]
        assert statuses == ["pending", "completed"], (row, statuses)

    def _run(self, number):
        steps = (self._switch, self._chat, self._status, self._action)
        turn = number
        client = self.daemon.client()
        while not self.stopping.is_set():
            turn += 1
            client = self._step(steps[turn % len(steps)], client)
        client.close()

    def _watch(self):
        """The tree is readable at all times, on a connection of its own."""
        client = self.daemon.client()
        while not self.stopping.is_set():
            client = self._step(self._tree, client)
        client.close()

    def _step(self, step, client):
        try:
            step(client)
            return client
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._note(f"{step.__name__}: no answer: {error!r}")
        except AssertionError as error:
            self._note(f"{step.__name__}: {error}")
        client.close()
        return self.daemon.client()

    def _note(self, what):
        with self.lock:
            self.wrong.append(what)

    def _take(self, kind, reply, may_refuse=True):
        """The body of a success; a refusal is counted and gives None."""
        body = reply.json
        if reply.status == 200:
            with self.lock:
                self.answers[kind] += 1
            return body
        assert may_refuse and reply.status in REFUSALS, reply
        assert body["detail"] and body["code"], reply
        with self.lock:
            self.refusals[kind, reply.status, body["code"]] += 1
        return None

    def _acknowledge(self, body, kind):
        if body:
            with self.lock:
                self.acknowledged[body["action_id"]] = kind

    def _switch(self, client):
        reply = client.post("/api/actions", SWITCH)
        self._acknowledge(self._take("switch", reply), "model_switch")

    def _chat(self, client):
        reply = client.post("/api/chat", {"message": "Hello?"})
        self._acknowledge(self._take("chat", reply), "chat")

    def _status(self, client):
        self._take("status", client.get("/api/status"), may_refuse=False)

    def _action(self, client):
        with self.lock:
            known = next(reversed(self.acknowledged), None)
        if known:
            self._take("action", client.get(f"/api/actions/{known}"))

    def _tree(self, client):
        reply = client.get("/api/supervision")
        body = self._take("tree", reply, may_refuse=False)
        assert body["root"]["path"] == "root", reply
