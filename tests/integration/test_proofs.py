"""The audit log's proofs: what clients and `closedpaw audit verify` can check
with nothing but a public key."""

import calendar
import hashlib
import json
import os
import subprocess
import time

import pytest

from asking import ask, change_setting, ended, submit
from daemon import BINARY, Daemon, eventually
from http_fixture import FixtureHandler, FixtureState, HttpFixture

MODEL = "llama3.2:3b"
ZERO, ONE = b"\x00", b"\x01"


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of_path(proof):
    """RFC 9162, section 2.1.3.2."""
    at, last = proof["sequence"], proof["tree_size"] - 1
    value = sha(ZERO, proof["event"].encode())
    assert value.hex() == proof["leaf_hash"]
    for step in map(bytes.fromhex, proof["audit_path"]):
        assert last > 0
        if at & 1 or at == last:
            value = sha(ONE, step, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = sha(ONE, value, step)
        at, last = at >> 1, last >> 1
    assert last == 0
    return value.hex()


def consistent(proof):
    """RFC 9162, section 2.1.4.2."""
    path = [bytes.fromhex(x) for x in proof["consistency"]]
    first, second = proof["first"], proof["second"]
    if first & (first - 1) == 0:
        path.insert(0, bytes.fromhex(proof["first_root_hash"]))
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = sha(ONE, step, old), sha(ONE, step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = sha(ONE, new, step)
        at, last = at >> 1, last >> 1
    return (last == 0 and old.hex() == proof["first_root_hash"]
            and new.hex() == proof["second_root_hash"])


def audit_verify(*arguments):
    return subprocess.run([BINARY, "audit", "verify", *map(str, arguments)],
                          capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=60)


def heads_of(daemon):
    path = daemon.data_dir / "audit-heads.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def busy(tmp_path):
    daemon = Daemon(tmp_path, settings={"audit.head_interval_ms": 100,
                                        "supervision.fault_injection": "true"})
    daemon.start()
    for level in ("debug", "warn") * 4:
        change_setting(daemon, "log.level", level)
    yield daemon
    daemon.stop()


def test_every_event_is_proved(busy):
    head = ask(busy, "GET", "/api/audit-logs/head")
    size = head["tree_size"]
    assert size > 10
    for sequence in (0, 1, size // 2, size - 1):
        proof = ask(busy, "GET", "/api/audit-logs/proof/inclusion"
                    f"?sequence={sequence}&tree_size={size}")
        assert root_of_path(proof) == head["root_hash"]
        assert proof["root_hash"] == head["root_hash"]
        shown = ask(busy, "GET", f"/api/audit-logs?after={sequence - 1}"
                    f"&before={sequence + 1}&limit=1" if sequence else
                    "/api/audit-logs?before=1&limit=1")[0]
        assert json.loads(proof["event"])["status"] == shown["status"]


def test_an_older_head_stays_true(busy):
    old = ask(busy, "GET", "/api/audit-logs/head")
    change_setting(busy, "log.level", "info")
    new = ask(busy, "GET", "/api/audit-logs/head")
    proof = ask(busy, "GET", "/api/audit-logs/proof/consistency"
                f"?first={old['tree_size']}&second={new['tree_size']}")
    assert proof["first_root_hash"] == old["root_hash"]
    assert proof["second_root_hash"] == new["root_hash"]
    assert consistent(proof)


def test_the_signature_is_checked_by_openssl(busy, tmp_path):
    head = ask(busy, "GET", "/api/audit-logs/head")
    at = head["timestamp"]
    whole, _, fraction = at.partition(".")
    ms = (calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 1000
          + int((fraction or "0").ljust(3, "0")[:3]))
    (tmp_path / "m").write_bytes(
        b"\x00\x01" + ms.to_bytes(8, "big")
        + head["tree_size"].to_bytes(8, "big")
        + bytes.fromhex(head["root_hash"]))
    (tmp_path / "s").write_bytes(bytes.fromhex(head["signature"]))
    (tmp_path / "k").write_text(head["public_key"])
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "k",
         "-rawin", "-in", tmp_path / "m", "-sigfile", tmp_path / "s"],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (busy.data_dir / "audit.pub").read_text() == head["public_key"]


@pytest.mark.parametrize("query, status", [
    ("inclusion", 422), ("inclusion?sequence=x", 422),
    ("inclusion?sequence=-1", 422), ("inclusion?sequence=100000", 404),
    ("inclusion?sequence=0&tree_size=100000", 404),
    ("consistency?first=0", 400), ("consistency?first=5&second=3", 400),
    ("consistency?first=100000", 400)])
def test_what_cannot_be_proved_says_so(busy, query, status):
    ask(busy, "GET", "/api/audit-logs/proof/" + query, status=status)


def test_the_daemon_recomputes_its_log(busy):
    head = ask(busy, "GET", "/api/audit-logs/head")
    found = ask(busy, "GET", "/api/audit-logs/verify")
    assert found["verified"] is True
    assert found["events"] >= head["tree_size"]


def test_heads_are_anchored_and_a_changed_log_is_found(busy, tmp_path):
    size = ask(busy, "GET", "/api/audit-logs/head")["tree_size"]
    eventually(lambda: heads_of(busy)[-1]["tree_size"] >= size, "it is anchored")
    assert busy.terminate() == 0
    # With what the stop itself has recorded.
    last = heads_of(busy)[-1]
    done = audit_verify(busy.data_dir)
    assert done.returncode == 0, done.stderr
    assert f"verified {last['tree_size']} events" in done.stdout
    assert "signed heads" in done.stdout

    copy = tmp_path / "copy"
    assert subprocess.run([BINARY, "backup", "--data-dir", busy.data_dir, copy],
                          check=False, capture_output=True).returncode == 0
    heads, key = busy.data_dir / "audit-heads.ndjson", busy.data_dir / "audit.pub"
    for more in ([], ["--head", heads, "--public-key", key]):
        done = audit_verify(*more, copy)
        assert done.returncode == 0, done.stderr
        assert "signed heads" in done.stdout
    # A power loss leaves half a line, and the next head follows it.
    kept = (copy / "audit-heads.ndjson").read_text()
    (copy / "audit-heads.ndjson").write_text('{"tree_si\n' + kept)
    done = audit_verify(copy)
    assert done.returncode == 0, done.stderr
    assert "1 lines of it are no heads" in done.stdout
    (copy / "audit-heads.ndjson").write_text("nothing\nof it\n")
    done = audit_verify(copy)
    assert done.returncode == 1 and "no signed heads" in done.stderr
    (copy / "audit-heads.ndjson").write_text("")
    done = audit_verify("--head", copy / "audit-heads.ndjson", "--public-key", key,
                        copy)
    assert done.returncode == 1 and "no signed heads" in done.stderr

    # Somebody else's key, and a log that ends before the head.
    other = Daemon(tmp_path / "other")
    other.start()
    change_setting(other, "log.level", "debug")
    assert other.terminate() == 0
    done = audit_verify("--public-key", other.data_dir / "audit.pub",
                        busy.data_dir)
    assert done.returncode == 1 and "does not verify" in done.stderr
    done = audit_verify("--head", heads, "--public-key", key, other.data_dir)
    assert done.returncode == 1
    assert "altered" in done.stderr or "cut off" in done.stderr
    other.stop()


def test_a_backup_of_a_running_daemon_proves_itself(busy, tmp_path):
    eventually(lambda: heads_of(busy), "a head is anchored")
    copy = tmp_path / "copy"
    done = subprocess.run([BINARY, "backup", "--data-dir", busy.data_dir, copy],
                          check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for _ in range(3):
        change_setting(busy, "log.level", "debug")
    done = audit_verify(copy)
    assert done.returncode == 0, done.stderr
    assert "signed heads" in done.stdout


def test_a_restored_log_verifies_and_its_old_heads_tell(busy, tmp_path):
    copy = tmp_path / "copy"
    places = ["--data-dir", busy.data_dir]
    subprocess.run([BINARY, "backup", *places, copy], check=True,
                   capture_output=True)
    change_setting(busy, "log.level", "debug")
    assert busy.terminate() == 0
    subprocess.run([BINARY, "restore", *places, copy], check=True,
                   capture_output=True)
    assert audit_verify(*places).returncode == 0
    kept, = busy.data_dir.glob("audit-heads.ndjson.before-restore-*")
    done = audit_verify("--head", kept, *places)
    assert done.returncode == 1
    assert "altered" in done.stderr or "cut off" in done.stderr


def test_an_anchor_that_fails_spoils_no_stop(tmp_path):
    daemon = Daemon(tmp_path, settings={
        "audit.anchor_file": str(tmp_path / "missing" / "heads")})
    daemon.start()
    change_setting(daemon, "log.level", "debug")
    assert daemon.terminate() == 0


def test_the_heads_survive_kill_9(busy):
    eventually(lambda: heads_of(busy), "a head is anchored")
    busy.kill9()
    busy.start()
    busy.verify()
    ids = {h["log_id"] for h in heads_of(busy)}
    assert ids == {ask(busy, "GET", "/api/audit-logs/head")["log_id"]}


class WebhookHandler(FixtureHandler):
    def do_POST(self):
        state = self.server.state
        failure = state.failing("POST", lambda path: True)
        body = self.body()
        if failure:
            return self.misbehave(failure)
        state.heads.append(body)
        self.answer({}, status=202)


class Webhook(HttpFixture):
    handler = WebhookHandler

    def __init__(self):
        state = FixtureState()
        state.heads = []
        super().__init__(state)


def test_a_webhook_gets_each_head_until_it_takes_it(tmp_path):
    with Webhook() as hook:
        hook.control(mode="status", status=500)
        daemon = Daemon(tmp_path, settings={
            "audit.head_interval_ms": 100,
            "audit.anchor_webhook": hook.url + "/heads"})
        daemon.start()

        def degraded():
            return [x for x in ask(daemon, "GET", "/api/status")["degraded_because"]
                    if "webhook" in x]
        eventually(degraded, "the refusal is told")
        hook.control(mode="ok")
        eventually(lambda: hook.state.heads, "the head arrives")
        eventually(lambda: not degraded(), "the recovery is told")
        head = hook.state.heads[-1]
        assert len(head["signature"]) == 128
        daemon.stop()


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "dir").mkdir()
    daemon = Daemon(tmp_path, settings={
        "audit.head_interval_ms": 100,
        "audit.anchor_file": str(tmp_path / "dir")})
    daemon.start()
    eventually(lambda: any("anchored" in x for x in ask(
        daemon, "GET", "/api/status")["degraded_because"]), "it is told")
    os.rmdir(tmp_path / "dir")
    eventually(lambda: (tmp_path / "dir").is_file(), "it is written")
    eventually(lambda: not any("anchored" in x for x in ask(
        daemon, "GET", "/api/status")["degraded_because"]), "it is cleared")
    submitted = submit(daemon, "model_switch", model=MODEL)
    ended(daemon, submitted)
    daemon.stop()
