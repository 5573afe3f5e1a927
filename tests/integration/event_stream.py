"""A reader of server-sent events in a thread of its own."""

import collections
import json
import socket
import threading

Event = collections.namedtuple("Event", "id type data")


class EventStream:
    """What came so far is in `events`, in order."""

    def __init__(self, daemon, last_event_id=None, path="/api/events"):
        self.client = daemon.client(timeout=60)
        headers = {"Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.client.send("GET", path, headers=headers)
        self.response = self.client.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        assert self.response.headers["Content-Type"] == "text/event-stream"
        self.events = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def of(self, path):
        """The changes of one node of the tree."""
        return [e.data for e in list(self.events)
                if e.type == "supervision" and e.data["path"] == path]

    def states(self, path):
        return [change["state"] for change in self.of(path)]

    def close(self):
        # Closing alone would wait for the reader, who waits for an event.
        try:
            self.client.connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # The daemon closed it first.
        self.thread.join()
        self.client.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        fields = {}
        try:
            while line := self.response.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                    continue
                if "event" in fields:
                    self.events.append(Event(fields.get("id"), fields["event"],
                                             json.loads(fields["data"])))
                fields = {}
        except (OSError, ValueError, AttributeError):
            pass  # Closed by us, or the daemon is gone.
        self.ended.set()
