"""What approving takes: the digest of what was shown, and the owner secret."""

import os
import pty
import subprocess

import pytest

from asking import action, ask, ended, pending_ids, submit
from daemon import BINARY, DEADLINE, eventually

SECRET = "correct horse battery"


def change(daemon, value="debug"):
    return submit(daemon, "config_change", key="log.level", value=value)


def approve(daemon, action_id, **more):
    return daemon.post(f"/api/actions/{action_id}/approve",
                       {"approved": True, **more})


def cli(daemon, *words, said=None):
    return subprocess.run(
        [BINARY, *words, "--url", f"http://127.0.0.1:{daemon.port}"],
        input=said, capture_output=True, text=True, check=False,
        timeout=DEADLINE)


def typed(daemon, words, *lines):
    """Like cli(), at a terminal, where each question gets the next line."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(BINARY, [BINARY, *words, "--url",
                          f"http://127.0.0.1:{daemon.port}"])
    shown = b""
    left = list(lines)
    try:
        while True:
            shown += os.read(terminal, 4096)
            if left and shown.endswith((b": ", b"[y/N] ")):
                os.write(terminal, left.pop(0).encode() + b"\n")
    except OSError:
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def test_by_default_the_originals_clients_approve_as_before(make_daemon):
    daemon = make_daemon().start()
    assert approve(daemon, change(daemon)).status == 200


def test_a_confirmation_is_of_what_was_shown(make_daemon):
    daemon = make_daemon(settings={"security.confirm_critical": "true"}).start()
    one = change(daemon)
    digest = action(daemon, one)["digest"]
    reply = approve(daemon, one)
    assert reply.status == 409 and "confirm" in reply.json["detail"], reply
    other = action(daemon, change(daemon, "warn"))["digest"]
    assert approve(daemon, one, confirm=other[:8]).status == 409
    for wrong in ("", digest[:7], digest[:8].upper(), digest + "0", 7):
        assert approve(daemon, one, confirm=wrong).status == 422, wrong
    assert one in pending_ids(daemon)
    assert approve(daemon, one, confirm=digest[:8]).status == 200
    assert ended(daemon, one)["status"] == "completed"
    found = ask(daemon, "GET", f"/api/audit-logs?action_id={one}&status=approved")
    assert found[0]["details"]["confirmed"] == digest[:8]
    # Replayed, there is nothing that waits.
    assert approve(daemon, one, confirm=digest[:8]).status == 404
    # Saying no is as easy as ever; the command line confirms by itself.
    two, three = change(daemon), change(daemon)
    assert daemon.post(f"/api/actions/{two}/approve",
                       {"approved": False}).status == 200
    done = cli(daemon, "actions", "approve", three)
    assert done.returncode == 0, done
    four = change(daemon)
    done = cli(daemon, "actions", "approve", four, "--confirm", "0" * 8)
    assert done.returncode == 1 and "look at it again" in done.stderr, done


def test_the_owner_secret_is_asked_for_and_is_nowhere(make_daemon):
    daemon = make_daemon(settings={"security.owner_secret": "true"}).start()
    one = change(daemon)
    reply = approve(daemon, one, owner_secret="x" * 8)
    assert reply.status == 409, reply
    assert "closedpaw vault set security/owner_secret" in reply.json["detail"]
    assert cli(daemon, "vault", "set", "security/owner_secret",
               said=SECRET).returncode == 0
    reply = approve(daemon, one)
    assert reply.status == 403 and reply.json["owner_secret"] == "required", reply
    assert approve(daemon, one, owner_secret="a wrong guess").status == 403
    found = eventually(
        lambda: ask(daemon, "GET", "/api/audit-logs?status=owner_secret_refused"),
        "it is recorded")
    assert found[0]["details"]["why"] == "that is not the owner secret"
    assert approve(daemon, one, owner_secret=SECRET).status == 200
    done = cli(daemon, "actions", "approve", change(daemon), said=SECRET)
    assert done.returncode == 0, done
    # What is less than critical goes as before.
    high = submit(daemon, "file_operation", operation="delete", path="no-such-file")
    assert approve(daemon, high).status == 200
    # Nobody replaces it who does not know it, and it is in no file and no answer.
    done = cli(daemon, "vault", "set", "security/owner_secret", said="mine now!")
    assert done.returncode == 1, done
    status, shown = typed(daemon, ["vault", "set", "security/owner_secret"],
                          "mine now!", SECRET)
    assert status == 0 and SECRET not in shown, shown
    assert approve(daemon, change(daemon), owner_secret=SECRET).status == 403
    assert approve(daemon, change(daemon),
                   owner_secret="mine now!").status == 200
    text = str(ask(daemon, "GET", "/api/audit-logs?limit=1000")) + daemon.log()
    for file in daemon.folder.rglob("*"):
        if file.is_file():
            text += file.read_bytes().decode("latin-1")
    for secret in (SECRET, "mine now!", "a wrong guess"):
        assert secret not in text


def test_a_reset_of_the_vault_needs_the_owner_secret(make_daemon):
    daemon = make_daemon(settings={"security.owner_secret": "true"}).start()
    assert cli(daemon, "vault", "set", "security/owner_secret",
               said=SECRET).returncode == 0
    reset = {"forget_all": True}
    reply = daemon.post("/api/vault/reset", reset)
    assert reply.status == 403 and reply.json["owner_secret"] == "required", reply
    status, shown = typed(daemon, ["vault", "reset", "--forget-all"], "a guess")
    assert status == 1 and "not the owner secret" in shown, shown
    status, shown = typed(daemon, ["vault", "reset", "--forget-all"], SECRET)
    assert status == 0 and SECRET not in shown, shown
    assert ask(daemon, "GET", "/api/vault")["secrets"] == []


def test_the_command_line_shows_what_it_approves(make_daemon):
    daemon = make_daemon().start()
    one = change(daemon)
    status, shown = typed(daemon, ["actions", "approve", one], "n")
    assert status == 1 and "log.level" in shown and one in pending_ids(daemon), shown
    status, shown = typed(daemon, ["actions", "approve", one], "y")
    assert status == 0 and one not in pending_ids(daemon), shown


def test_guessing_is_slowed_down(make_daemon):
    daemon = make_daemon(settings={"security.owner_secret": "true"}).start()
    assert cli(daemon, "vault", "set", "security/owner_secret",
               said=SECRET).returncode == 0
    one = change(daemon)
    replies = [approve(daemon, one, owner_secret=f"guess {n}") for n in range(20)]
    assert {r.status for r in replies} == {403, 429}
    late = [r for r in replies if r.status == 429]
    assert len(late) >= 10 and int(late[0].headers["Retry-After"]) >= 1
    assert one in pending_ids(daemon)


@pytest.mark.parametrize("locked", [True, False])
def test_without_the_vault_nothing_critical_is_approved(make_daemon, locked):
    daemon = make_daemon(settings={"security.owner_secret": "true"}).start()
    assert cli(daemon, "vault", "set", "security/owner_secret",
               said=SECRET).returncode == 0
    one = change(daemon)
    if locked:
        assert cli(daemon, "vault", "lock").returncode == 0
        reply = approve(daemon, one, owner_secret=SECRET)
        assert reply.status == 503, reply
        assert cli(daemon, "vault", "unlock").returncode == 0
    assert approve(daemon, one, owner_secret=SECRET).status == 200
