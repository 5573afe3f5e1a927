"""From another machine: TLS, tokens and their scopes, browsers' sessions."""

import json
import os
import pathlib
import shutil
import socket
import stat
import subprocess

import pytest

from alert_help import metrics, sum_of
from asking import ask, submit
from daemon import BINARY, DEADLINE, eventually
from npm_script import run_npm
from remote_help import call, context, remote_settings, token, told


@pytest.fixture
def remote(make_daemon, certificate):
    return make_daemon(settings=remote_settings(certificate)).start()


def test_nobody_comes_in_without_a_token(remote, certificate):
    for path in ("/api/status", "/api/audit-logs", "/metrics", "/no/such/route",
                 "/api/events", "/v1/models"):
        status, body = call(remote, certificate, "GET", path)
        assert status == 401, (path, body)
        assert call.headers["WWW-Authenticate"].startswith("Bearer")
    assert call(remote, certificate, "POST", "/api/actions", {
        "action_type": "model_switch", "parameters": {}})[0] == 401
    assert call(remote, certificate, "GET", "/api/status",
                token="cpt_" + "0" * 12 + "_" + "0" * 64)[0] == 401
    # What everybody may see shows nothing of anybody's.
    assert call(remote, certificate, "GET", "/healthz")[0] == 200
    found = eventually(lambda: told(remote, "token_refused"), "it is recorded")
    assert found[0]["user"] == "ip:127.0.0.1"
    assert found[0]["outcome"] == "failure"


def test_a_token_may_what_its_scopes_say(remote, certificate):
    reads = token(remote, "dashboard", "read")
    status, body = call(remote, certificate, "GET", "/api/status", token=reads)
    assert status == 200 and body["status"] in ("running", "degraded"), body
    asked = {"action_type": "config_change",
             "parameters": {"key": "log.level", "value": "debug"}}
    status, body = call(remote, certificate, "POST", "/api/actions", asked,
                        token=reads)
    assert status == 403 and body["needed_scope"] == "act", body
    acts = token(remote, "bot", "act")
    status, body = call(remote, certificate, "POST", "/api/actions", asked,
                        token=acts)
    assert status == 200 and body["status"] == "pending", body
    approve = f"/api/actions/{body['action_id']}/approve"
    # Whoever asks does not approve: that is another scope.
    assert call(remote, certificate, "POST", approve, {"approved": True},
                token=acts)[0] == 403
    owner = token(remote, "owner", "read", "approve")
    status, body = call(remote, certificate, "POST", approve,
                        {"approved": True}, token=owner)
    assert status == 200, body
    events = ask(remote, "GET", "/api/audit-logs?action_type=config_change")
    assert {e["user"] for e in events} == {"token:bot", "token:owner"}
    # Replayed, it finds nothing that waits.
    assert call(remote, certificate, "POST", approve, {"approved": True},
                token=owner)[0] == 404


def test_a_token_gives_away_no_more_than_it_has(remote, certificate):
    admin = token(remote, "admin", "admin")
    status, body = call(remote, certificate, "POST", "/api/tokens",
                        {"name": "more", "scopes": ["approve"]}, token=admin)
    assert status == 422, body
    status, body = call(remote, certificate, "POST", "/api/tokens",
                        {"name": "same", "scopes": ["admin"]}, token=admin)
    assert status == 200 and body["created_by"] == "token:admin", body
    # Who is bound to a channel may approve there.
    for path, body_sent in (
            ("/api/channels/register?channel_type=telegram&name=mine", []),
            ("/api/channels/webui/bind-user?user_id=me", None),
            ("/api/channels/pair", {"code": "x"})):
        status, refused = call(remote, certificate, "POST", path, body_sent,
                               token=admin)
        assert status == 403, refused
        assert refused["needed_scope"] == ["act", "approve", "admin"], refused
    listed = json.dumps(ask(remote, "GET", "/api/tokens"))
    assert body["token"] not in listed and "digest" not in listed


def test_a_token_ends_when_it_is_revoked_and_outlives_a_crash(
        remote, certificate, tmp_path):
    one = token(remote, "one", "read")
    remote.restart()
    assert call(remote, certificate, "GET", "/api/status", token=one)[0] == 200
    # One whose time is over is as good as none.
    short = token(remote, "short", "read", expires_in_s=1)
    eventually(lambda: call(remote, certificate, "GET", "/api/status",
                            token=short)[0] == 401, "it is over")
    command = [BINARY, "tokens", "revoke", "one", "--url",
               f"http://127.0.0.1:{remote.port}"]
    assert "revoked" in subprocess.run(
        command, capture_output=True, text=True, check=True).stdout
    assert call(remote, certificate, "GET", "/api/status", token=one)[0] == 401
    remote.restart()
    assert call(remote, certificate, "GET", "/api/status", token=one)[0] == 401
    secret = one.rsplit("_", 1)[1].encode()
    for file in pathlib.Path(remote.folder).rglob("*"):
        if file.is_file():
            assert secret not in file.read_bytes(), file


def test_the_command_line_comes_in_too(remote, certificate, tmp_path):
    made = subprocess.run(
        [BINARY, "tokens", "create", "shell", "--scope", "read,act",
         "--expires", "12h", "--url", f"http://127.0.0.1:{remote.port}"],
        capture_output=True, text=True, check=True).stdout
    file = tmp_path / "token"
    file.write_text(made)
    url = f"https://localhost:{remote.remote_port}"

    def run(*words, status=0):
        done = subprocess.run(
            [BINARY, *words, "--url", url, "--ca-file", str(certificate[0]),
             "--token-file", str(file)],
            capture_output=True, text=True, check=False, timeout=DEADLINE)
        assert done.returncode == status, done
        return done.stdout + done.stderr

    assert "root" in run("tree")
    assert "needs the scope admin" in run("tokens", "list", status=1)
    # Nothing is sent where it could be read on its way.
    done = subprocess.run(
        [BINARY, "tree", "--url", f"http://127.0.0.1:{remote.port}",
         "--token-file", str(file)],
        capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "use https" in done.stderr


def test_a_browser_logs_in_with_a_cookie(remote, certificate):
    reads = token(remote, "browser", "read", "act")
    status, body = call(remote, certificate, "POST", "/api/sessions", token=reads)
    assert status == 201 and body["user"] == "token:browser", body
    cookie = call.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    value = cookie.split(";")[0]
    assert reads not in cookie
    origin = f"https://localhost:{remote.remote_port}"
    assert call(remote, certificate, "GET", "/api/sessions",
                Cookie=value)[1]["scopes"] == ["read", "act"]
    switch = {"action_type": "chat", "parameters": {"message": "hi"}}
    assert call(remote, certificate, "POST", "/api/actions", switch,
                Cookie=value, Origin=origin)[0] == 200
    # A page of somebody else's has the cookie's use only if the Origin is ours.
    for foreign in ("https://evil.example", "http://localhost:3000", "null"):
        assert call(remote, certificate, "POST", "/api/actions", switch,
                    Cookie=value, Origin=foreign)[0] == 403
    assert call(remote, certificate, "DELETE", "/api/sessions",
                Cookie=value)[0] == 200
    assert call(remote, certificate, "GET", "/api/status", Cookie=value)[0] == 401
    # On the daemon's own machine a cookie is nothing.
    assert remote.get("/api/status", Cookie=value).status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example",
                                  "localhost.evil.example:443"])
def test_other_names_are_refused(remote, certificate, host):
    reads = token(remote, "t", "read")
    if ":" not in host:
        host = f"{host}:{remote.remote_port}"
    status, body = call(remote, certificate, "GET", "/api/status", token=reads,
                        Host=host)
    assert status == (200 if host.startswith("localhost:") else 403), body


def test_plain_text_and_strangers_hold_nothing_up(remote, certificate):
    reads = token(remote, "t", "read")
    with socket.create_connection(("127.0.0.1", remote.remote_port)) as plain:
        plain.sendall(b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        plain.settimeout(DEADLINE)
        assert b"HTTP/1.1" not in plain.recv(4096)
    def shakes_hands(version):
        return subprocess.run(
            ["openssl", "s_client", "-connect", f"localhost:{remote.remote_port}",
             "-cipher", "ALL:@SECLEVEL=0", version],
            input=b"", capture_output=True, timeout=DEADLINE,
            check=False).returncode == 0

    assert shakes_hands("-tls1_2")
    assert not shakes_hands("-tls1_1")
    silent = [socket.create_connection(("127.0.0.1", remote.remote_port))
              for _ in range(20)]
    assert call(remote, certificate, "GET", "/api/status", token=reads)[0] == 200
    assert remote.get("/api/status").status == 200
    for s in silent:
        s.close()


def test_strangers_take_no_place_from_the_owner(make_daemon, certificate):
    daemon = make_daemon(settings=remote_settings(
        certificate, **{"http.remote.max_connections": "4"})).start()
    held = [socket.create_connection(("127.0.0.1", daemon.remote_port))
            for _ in range(8)]
    # The gate's own limit ends those above it.
    ended = 0
    for s in held:
        s.settimeout(1)
        try:
            ended += s.recv(1) == b""
        except TimeoutError:
            pass
    assert ended >= 4
    assert daemon.get("/api/status").status == 200
    assert sum_of(metrics(daemon), "closedpaw_http_refused_total",
                  reason="overload") >= 4
    for s in held:
        s.close()


def test_a_new_certificate_is_taken_and_a_broken_one_is_not(
        make_daemon, certificate, tmp_path):
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"

    def put(pair):
        for to, source in zip((cert, key), pair):
            to.write_bytes(pathlib.Path(source).read_bytes())
            to.chmod(0o600)

    put(certificate)
    daemon = make_daemon(settings=remote_settings((cert, key))).start()
    reads = token(daemon, "t", "read")
    cert.write_text("no certificate")
    daemon.process.send_signal(1)
    eventually(lambda: "stays as it was" in daemon.log(), "it is refused")
    assert call(daemon, certificate, "GET", "/api/status", token=reads)[0] == 200
    other = tmp_path / "other"
    other.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(other / "k"), "-out",
         str(other / "c")], check=True, capture_output=True)
    put((other / "c", other / "k"))
    daemon.process.send_signal(1)
    eventually(lambda: "was read again" in daemon.log(), "it is taken")
    assert call(daemon, (other / "c", None), "GET", "/api/status",
                token=reads)[0] == 200


@pytest.mark.parametrize("change, says", [
    ({"http.remote.names": "[]"}, "http.remote.names"),
    ({"http.max_connections": "128"}, "http.remote.max_connections"),
    ({"http.remote.key_file": ""}, "http.remote.key_file"),
    ({"http.remote.certificate_file": "/no/such/file"}, "cannot be read"),
    ({"http.remote.listen": "example.org:1"}, "not an IP address"),
])
def test_what_cannot_be_is_said_at_the_start(
        make_daemon, certificate, change, says):
    daemon = make_daemon(settings=remote_settings(certificate, **change))
    with pytest.raises(AssertionError) as why:
        daemon.start()
    assert says in str(why.value)


def test_a_key_that_others_can_read_is_refused(make_daemon, certificate, tmp_path):
    key = tmp_path / "key.pem"
    key.write_bytes(pathlib.Path(certificate[1]).read_bytes())
    key.chmod(0o640)
    daemon = make_daemon(settings=remote_settings((certificate[0], key)))
    with pytest.raises(AssertionError) as why:
        daemon.start()
    assert "chmod 600" in str(why.value)
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o640


def test_a_key_with_a_passphrase_is_refused(make_daemon, certificate, tmp_path):
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "pkcs8", "-topk8", "-in", certificate[1], "-out", key,
                    "-passout", "pass:secret"], check=True)
    key.chmod(0o600)
    daemon = make_daemon(settings=remote_settings((certificate[0], key)))
    with pytest.raises(AssertionError) as why:
        daemon.start()
    assert "a passphrase it must not have" in str(why.value)


def test_the_dashboard_asks_for_a_token_and_for_the_owner_secret(
        make_daemon, certificate):
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed (see config/debian-packages.txt)")
    daemon = make_daemon(settings=remote_settings(
        certificate, **{"security.owner_secret": "true"})).start()
    ask(daemon, "POST", "/api/vault/secrets",
        {"name": "security/owner_secret", "value": "correct horse battery"})
    waits = submit(daemon, "config_change", key="log.level", value="debug")
    print(run_npm("browser", "login.mjs", {
        "url": f"https://localhost:{daemon.remote_port}", "chromium": chromium,
        "token": token(daemon, "browser", "read", "act", "approve"),
        "secret": "correct horse battery", "action": waits}))
    found = ask(daemon, "GET", f"/api/audit-logs?action_id={waits}&status=approved")
    assert found[0]["user"] == "token:browser"
    assert found[0]["details"]["confirmed"] == found[0]["details"]["digest"]


def test_the_way_in_is_no_upstream(remote):
    reply = remote.post(
        "/api/providers/register?name=self&provider_type=custom"
        f"&base_url=https://localhost:{remote.remote_port}/v1")
    check = remote.post("/api/providers/self/check")
    assert "daemon's own" in (reply.body + check.body).decode()
