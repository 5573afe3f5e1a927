"""No secret stays in the daemon's memory once it has served."""

import re

import pytest

from asking import ask, submit
from daemon import SANITIZER, eventually
from remote_help import call, remote_settings
from vendor_server import MODELS, VendorServer

CLOUD = ('[[providers]]\nname = "cloud"\ntype = "openai"\n'
         f'base_url = "%s"\ndefault_model = "{MODELS[0]}"\n')
# Long enough to be on the heap: what is shorter a text keeps within itself.
KEY = "sk-the-key-of-the-provider-that-the-file-has"
REGISTERED = "sk-the-key-of-the-provider-that-was-registered"
PASSPHRASE = "a passphrase of one daemon's operator"
OWNER = "what only the one owner knows"
GUESS = "what somebody else has guessed"
WAITS = "a path of what waits for its owner"

pytestmark = pytest.mark.skipif(
    bool(SANITIZER), reason="sanitizers keep what is freed")


def found_in_memory(daemon, secrets):
    """Those of them that are anywhere in what the process may write."""
    found = set()
    with open(f"/proc/{daemon.process.pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{daemon.process.pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            start, end, mode = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if not mode.startswith("rw"):
                continue
            memory.seek(int(start, 16))
            try:
                content = memory.read(int(end, 16) - int(start, 16))
            # The part of a file's map that lies behind its end.
            except OSError:
                continue
            found |= {x for x in secrets if x.encode() in content}
    return found


@pytest.fixture
def watched(make_daemon, certificate):
    with VendorServer() as server:
        daemon = make_daemon(
            config=CLOUD % server.base_url("openai"),
            settings={**remote_settings(certificate),
                      "security.owner_secret": "true"}).start()
        try:
            found_in_memory(daemon, [])
        except PermissionError:
            pytest.skip("another process's memory needs CAP_SYS_PTRACE")
        yield daemon, f"{server.base_url('openai')}"


def test_secrets_that_have_served_are_gone(watched, certificate):
    daemon, url = watched
    submit(daemon, "file_operation", operation="delete", path=WAITS)
    one = submit(daemon, "config_change", key="log.level", value="debug")
    # Its connection stays open to the end.
    with daemon.client() as client:
        for name, value in (("security/owner_secret", OWNER),
                            ("providers/cloud/api_key", KEY)):
            ask(client, "POST", "/api/vault/secrets",
                {"name": name, "value": value})
        ask(client, "POST", "/api/providers/register", {
            "name": "other", "provider_type": "openai", "base_url": url,
            "api_key": REGISTERED})
        for secret, status in ((GUESS, 403), (OWNER, 200)):
            ask(client, "POST", f"/api/actions/{one}/approve",
                {"approved": True, "owner_secret": secret}, status=status)
        ask(client, "POST", "/api/vault/rotate",
            {"to": "passphrase", "passphrase": PASSPHRASE})
        ask(client, "POST", "/api/vault/lock")
        ask(client, "POST", "/api/vault/unlock", {"passphrase": PASSPHRASE})
        token = ask(client, "POST", "/api/tokens",
                    {"name": "t", "scopes": ["read"]})["token"]
        assert call(daemon, certificate, "GET", "/api/status",
                    token=token)[0] == 200
        # Both keys are used, and refused by who gets them.
        for provider in ("cloud", "other"):
            reply = client.post("/api/chat", {
                "message": "Hello", "model": f"{provider}/{MODELS[0]}"})
            assert "API key" in reply.json["detail"], reply
        secrets = {KEY, REGISTERED, PASSPHRASE, OWNER, GUESS, token}
        # What is looked for can be found.
        assert found_in_memory(daemon, {WAITS}) == {WAITS}
        eventually(lambda: not found_in_memory(daemon, secrets),
                   f"no secret is left: {found_in_memory(daemon, secrets)}")
