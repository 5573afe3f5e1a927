"""The vault's commands against a real daemon: what is set works, what is locked
does not, and nothing of it is anywhere but in ciphertext."""

import concurrent.futures
import contextlib
import http.client
import itertools
import json
import os
import re
import subprocess
import threading

import pytest

from asking import ask
from daemon import BINARY, eventually
from vendor_server import KEY, MODELS, VendorServer

PASSPHRASE = "correct horse battery staple"
# What was refused does not keep it from being tried again at once.
QUICK = {"provider_defaults.probe_interval_ms": "200",
         "provider_defaults.retries": 0,
         "provider_defaults.circuit_failures": 0}
CLOUD = ('[[providers]]\nname = "cloud"\ntype = "openai"\n'
         f'base_url = "%s"\ndefault_model = "{MODELS[0]}"\n')


@pytest.fixture
def cloud():
    with VendorServer() as server:
        yield server


@pytest.fixture
def vaulted(make_daemon, cloud):
    return make_daemon(
        config=CLOUD % cloud.base_url("openai"),
        settings=QUICK).start()


def vault(daemon, *words, said=None, status=0):
    done = subprocess.run(
        [BINARY, "vault", *words, "--url", f"http://127.0.0.1:{daemon.port}"],
        input=said, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == status, done
    return done.stdout + done.stderr


def answers(daemon):
    reply = daemon.post("/api/chat", {"message": "Hello there",
                                      "model": f"cloud/{MODELS[0]}"})
    return reply.status == 200


def is_down(daemon, why):
    health = ask(daemon, "GET", "/api/providers/health?detail=true")
    said = health["cloud"].get("last_error") or {}
    return re.search(why, said.get("message", ""))


def events(daemon, status):
    return ask(daemon, "GET",
               f"/api/audit-logs?action_type=vault&status={status}")


def key_file(daemon):
    return daemon.data_dir / "vault.key"


def test_a_key_that_is_set_works_and_is_nowhere(vaulted, tmp_path):
    assert not answers(vaulted)
    told = vault(vaulted, "set", "providers/cloud/api_key", said=KEY + "\n")
    assert "stored providers/cloud/api_key" in told
    eventually(lambda: answers(vaulted), "the provider answers")
    listed = vault(vaulted, "list")
    assert "unlocked" in listed and "providers/cloud/api_key" in listed
    assert re.search(r"standard +openai at http.* yes", listed)
    found = eventually(lambda: events(vaulted, "secret_read"), "it is recorded")
    assert found[-1]["details"]["name"] == "providers/cloud/api_key"
    assert found[-1]["details"]["times"] == 1
    (stored,) = events(vaulted, "secret_set")
    assert stored["user"].startswith("uid:"), stored
    vaulted.terminate()
    for folder, _, files in os.walk(tmp_path):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                assert KEY.encode() not in file.read(), name


def test_nobodys_secret_and_an_empty_one_are_refused(vaulted):
    assert "nobody would ask" in vault(
        vaulted, "set", "providers/other/api_key", said="x", status=1)
    assert "has no secret" in vault(
        vaulted, "set", "channels/webui/token", said="x", status=1)
    assert "no secret" in vault(
        vaulted, "set", "providers/cloud/api_key", said="", status=1)
    assert "has no secret" in vault(
        vaulted, "delete", "providers/cloud/api_key", status=1)


def test_what_nobody_would_get_is_refused(vaulted):
    assert "would never get" in vault(
        vaulted, "set", "providers/cloud/api_key", "--level", "admin", said=KEY,
        status=1)
    reply = vaulted.post("/api/vault/secrets", {
        "name": "providers/cloud/api_key", "value": "k\r\nX-Evil: 1"})
    assert reply.status == 422, reply
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY + "\r\n")
    eventually(lambda: answers(vaulted), "the provider answers")
    vault(vaulted, "delete", "providers/cloud/api_key")
    eventually(lambda: is_down(vaulted, "no API key is stored"), "it is gone")


def test_who_lost_the_key_begins_anew(vaulted):
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY)
    vaulted.kill9()
    key_file(vaulted).unlink()
    vaulted.start()
    assert "is missing" in vault(
        vaulted, "set", "providers/cloud/api_key", said=KEY, status=1)
    assert "must be true" in vault(vaulted, "reset", status=1)
    assert "1 secrets are forgotten" in vault(vaulted, "reset", "--forget-all")
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY)
    vaulted.restart()
    eventually(lambda: answers(vaulted), "the provider answers")


def test_keys_change_beside_registrations(vaulted, cloud):
    """Each secret whose storing was confirmed can be read, whichever key was in
    use at what time."""
    done = threading.Event()
    stored = []

    def register():
        with vaulted.client() as client:
            for n in itertools.count():
                if done.is_set():
                    return
                reply = client.post("/api/providers/register", {
                    "name": f"p{n}", "provider_type": "openai", "api_key": KEY,
                    "base_url": cloud.base_url("openai")})
                assert reply.status == 200, reply
                if n % 3 == 2:
                    assert client.request(
                        "DELETE", f"/api/providers/p{n}").status == 200
                else:
                    stored.append(f"providers/p{n}/api_key")

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        registering = pool.submit(register)
        try:
            for _ in range(20):
                vault(vaulted, "rotate")
            eventually(lambda: len(stored) > 3 or registering.done(),
                       "some are registered")
        finally:
            done.set()
        registering.result()
    for restart in (False, True):
        if restart:
            vaulted.restart()
        listed = json.loads(vault(vaulted, "list", "--json"))
        assert {x["name"] for x in listed["secrets"]} == set(stored)
        assert all(x["readable"] is True for x in listed["secrets"])


def test_a_kill_at_any_time_of_a_rotation_loses_nothing(vaulted):
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY)
    def rotate():
        with contextlib.suppress(OSError, http.client.HTTPException):
            vaulted.post("/api/vault/rotate")

    for n in range(25):
        threading.Thread(target=rotate, daemon=True).start()
        # About as long as one takes, at most.
        for _ in range(n % 9):
            vaulted.get("/healthz")
        vaulted.restart()
        (secret,) = ask(vaulted, "GET", "/api/vault")["secrets"]
        assert secret["readable"] is True, n
        left = sorted(x.name for x in vaulted.data_dir.glob("vault.key*"))
        assert left == ["vault.key"], left


def test_a_rotated_key_opens_everything_also_after_a_crash(vaulted):
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY)
    before = key_file(vaulted).read_text()
    told = vault(vaulted, "rotate")
    assert "unlocked" in told
    assert key_file(vaulted).read_text() != before
    eventually(lambda: answers(vaulted), "the provider answers")
    vaulted.restart()
    eventually(lambda: answers(vaulted), "the provider answers again")
    # Of a key that is not there, the daemon says so and goes on.
    vaulted.kill9()
    key_file(vaulted).rename(vaulted.data_dir / "away")
    vaulted.start()
    status = ask(vaulted, "GET", "/api/status")
    assert any("vault.key is missing" in x for x in status["degraded_because"])
    assert not key_file(vaulted).exists()
    (vaulted.data_dir / "away").rename(key_file(vaulted))
    assert "unlocked" in vault(vaulted, "unlock")
    eventually(lambda: answers(vaulted), "the provider answers once more")


def test_a_passphrase_is_asked_for_after_each_start(vaulted):
    vault(vaulted, "set", "providers/cloud/api_key", said=KEY)
    assert "at least 12 characters" in vault(
        vaulted, "rotate", "--to", "passphrase", said="short", status=1)
    vault(vaulted, "rotate", "--to", "passphrase", said=PASSPHRASE + "\n")
    assert not key_file(vaulted).exists()
    eventually(lambda: answers(vaulted), "the provider answers")
    vaulted.restart()
    assert "waits for its passphrase" in vault(vaulted, "list")
    assert not answers(vaulted)
    assert "not the vault's passphrase" in vault(
        vaulted, "unlock", said="something else", status=1)
    assert "unlocked" in vault(vaulted, "unlock", said=PASSPHRASE)
    eventually(lambda: answers(vaulted), "the provider answers again")
    # A crash of its keeper does not ask for it again; locking does.
    eventually(lambda: len(events(vaulted, "unlock_refused")) == 1,
               "it is recorded once")
    vault(vaulted, "lock")
    assert not answers(vaulted)
    assert "unlocked" in vault(vaulted, "unlock", said=PASSPHRASE)
    assert PASSPHRASE not in vaulted.log(limit=None)


def test_the_service_manager_gives_the_key(make_daemon, cloud, tmp_path):
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "closedpaw.vault-key").write_text("ab" * 32)
    daemon = make_daemon(
        config=CLOUD % cloud.base_url("openai"),
        settings=QUICK,
        env={"CREDENTIALS_DIRECTORY": str(credentials)}).start()
    assert json.loads(vault(daemon, "list", "--json"))["source"] == "credential"
    assert not key_file(daemon).exists()
    vault(daemon, "set", "providers/cloud/api_key", said=KEY)
    eventually(lambda: answers(daemon), "the provider answers")
    assert "is in use" in vault(daemon, "rotate", status=1)
    (credentials / "closedpaw.vault-key").write_text("cd" * 32)
    vault(daemon, "rotate")
    daemon.restart()
    eventually(lambda: answers(daemon), "the provider answers again")
