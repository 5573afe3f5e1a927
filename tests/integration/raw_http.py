"""HTTP by hand, for what a client library would not send."""

import json
import socket
import struct

from daemon import DEADLINE, Reply


class RawConnection:
    """One TCP connection; what was read and not used yet is kept."""

    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def compose(self, method, target, body=b"", **headers):
        """A request; a header that is None is left out."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("content_type", "application/json")
        lines = {"host": f"127.0.0.1:{self.port}", **headers}
        if body:
            lines.setdefault("content_length", len(body))
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n"
                       for name, value in lines.items() if value is not None)
        return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body

    def ask(self, method, target, body=b"", **headers):
        self.send(self.compose(method, target, body, **headers))
        return self.receive(method == "HEAD")

    def receive(self, no_body=False):
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split(" ")[1])
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name:
                headers[name.lower()] = value
        size = 0 if no_body or status < 200 else int(
            headers.get("content-length", 0))
        while len(self.buffer) < size:
            self._fill()
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return Reply(status, headers, body)

    def is_closed(self):
        """Waits for the end; nothing may come before it."""
        return self.buffer == b"" and self.socket.recv(1) == b""

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        self.socket.close()

    def _fill(self):
        more = self.socket.recv(65536)
        assert more, f"closed after {self.buffer!r}"
        self.buffer += more

    def _until(self, end):
        while end not in self.buffer:
            self._fill()
        head, _, self.buffer = self.buffer.partition(end)
        return head
