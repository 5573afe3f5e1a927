"""What tests of the remote listener have in common."""

import contextlib
import http.client
import json
import ssl

from asking import ask
from daemon import DEADLINE


def remote_settings(certificate, **more):
    cert, key = certificate
    return {"http.remote.listen": "127.0.0.1:0",
            "http.remote.names": '["localhost"]',
            "http.remote.certificate_file": str(cert),
            "http.remote.key_file": str(key), **more}


def context(certificate):
    return ssl.create_default_context(cafile=str(certificate[0]))


def call(daemon, certificate, method, path, body=None, token=None, **headers):
    """The status and JSON of an answer over TLS."""
    client = http.client.HTTPSConnection(
        "localhost", daemon.remote_port, timeout=DEADLINE,
        context=context(certificate))
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body)
    client.request(method, path, body, headers)
    reply = client.getresponse()
    text = reply.read()
    client.close()
    call.headers = reply.headers
    return reply.status, json.loads(text) if text.startswith((b"{", b"[")) else text


def token(daemon, name, *scopes, **more):
    made = ask(daemon, "POST", "/api/tokens",
               {"name": name, "scopes": list(scopes), **more})
    return made["token"]


def told(daemon, status):
    return ask(daemon, "GET", f"/api/audit-logs?status={status}")


def open_stream(daemon, certificate, path="/api/events", **headers):
    """The connection and its answer, which goes on."""
    client = http.client.HTTPSConnection(
        "localhost", daemon.remote_port, timeout=DEADLINE,
        context=context(certificate))
    client.request("GET", path, headers=headers)
    stream = client.getresponse()
    assert stream.status == 200
    return client, stream


def read_to_end(stream):
    with contextlib.suppress(http.client.IncompleteRead):
        while stream.read(1):
            pass


def read_to_action(stream):
    line = b""
    while not line.startswith(b"event: action"):
        line = stream.readline()
        assert line
