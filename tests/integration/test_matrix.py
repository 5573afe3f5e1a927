"""The Matrix channel against a homeserver that syncs as Matrix does."""

import pytest

from channel_help import (detail, give_token, questions, wait_for,
                          write_between_kills)
from daemon import eventually
from matrix_server import ANN, BOT, PASSWORD, TOKEN, MatrixServer

POLL_S = 4
MANY = "user_messages_per_minute = 100000\nmessages_per_minute = 100000\n"


@pytest.fixture
def matrix():
    with MatrixServer() as server:
        yield server


def config_for(matrix, users=(ANN,), more=""):
    allowed = ", ".join(f'"{u}"' for u in users)
    return (f'[[channels]]\nname = "mx"\ntype = "matrix"\n'
            f'base_url = "{matrix.url}"\npoll_timeout_ms = {POLL_S * 1000}\n'
            f'allowed_users = [{allowed}]\n{more}')


@pytest.fixture
def connected(make_daemon, matrix):
    daemon = make_daemon(config=config_for(matrix)).start()
    daemon.wait_for_model_server()
    give_token(daemon, "matrix", "mx", token=TOKEN)
    wait_for(daemon, "mx", "connected")
    return daemon


def said(matrix):
    return [content["body"] for _, content in matrix.sent()]


def test_a_conversation(connected, matrix, model_server):
    model_server.control(text="Hi **Ann**!")
    asked = matrix.write("hello")
    eventually(lambda: matrix.sent(), "an answer")
    ((room, content),) = matrix.sent()
    assert room == "!private:localhost"
    assert content["body"] == "Hi **Ann**!"
    # Not answered by other bots, and told from what it answers.
    assert content["msgtype"] == "m.notice"
    assert content["m.relates_to"]["m.in_reply_to"]["event_id"] == asked
    eventually(lambda: detail(connected, "mx")["backlog"] == 0, "it is settled")
    assert connected.get(f"/api/audit-logs?user=mx:{ANN}").json
    assert TOKEN not in connected.log(None)


def test_nothing_said_while_we_were_away_is_missed(connected, matrix):
    connected.kill9()
    matrix.write("are you there?")
    connected.start()
    eventually(lambda: len(matrix.sent()) == 1, "an answer")
    matrix.write("and now?")
    eventually(lambda: len(matrix.sent()) == 2, "one more")
    assert len(connected.get("/api/actions").json) == 2


def test_private_is_a_room_of_two(connected, matrix):
    high = connected.post("/api/actions", {
        "action_type": "file_operation",
        "parameters": {"operation": "delete", "path": "/x"}}).json["action_id"]
    connected.post(f"/api/channels/mx/bind-user?user_id={ANN}&approves=true")
    matrix.write(f"/approve {high}", room="!group:localhost")
    eventually(lambda: len(matrix.sent()) == 1, "an answer")
    assert "may not decide" in said(matrix)[0]
    matrix.write(f"/approve {high}")
    eventually(lambda: len(matrix.sent()) == 2, "an answer")
    assert "Approved" in said(matrix)[1]


def test_strangers_can_invite_us_and_are_paired(connected, matrix):
    stranger = "@cy:localhost"
    matrix.invite("!new:localhost", [stranger])
    matrix.write("hello", room="!new:localhost", sender=stranger)
    eventually(lambda: matrix.sent(), "a code")
    code = next(w for w in said(matrix)[0].split()
                if len(w) == 8 and w.upper() == w)
    assert connected.post("/api/channels/pair", {"code": code}).json[
        "user_id"] == stranger
    matrix.write("hello", room="!new:localhost", sender=stranger)
    eventually(lambda: len(matrix.sent()) == 2, "an answer")


def test_encrypted_rooms_are_told(connected, matrix):
    matrix.state.add("!private:localhost", ANN, {"ciphertext": "x"},
                     "m.room.encrypted")
    eventually(lambda: matrix.sent(), "an answer")
    assert "only read text" in said(matrix)[0]


def test_a_part_that_is_sent_twice_is_said_once(connected, matrix):
    # It was taken, and its answer lost.
    matrix.write("hello")
    eventually(lambda: len(matrix.sent()) == 1, "an answer")
    connected.kill9()
    with matrix.state.lock:
        before = dict(matrix.state.transactions)
    connected.start()
    wait_for(connected, "mx", "connected")
    matrix.write("again")
    eventually(lambda: len(matrix.sent()) == 2, "an answer")
    assert len(matrix.state.transactions) == len(before) + 1


@pytest.mark.parametrize("failure", [
    {"mode": "reset", "path": "sync"},
    {"mode": "stall", "path": "sync"},
    {"mode": "status", "status": 500, "path": "sync"},
    {"mode": "status", "status": 429, "error": "M_LIMIT_EXCEEDED",
     "retry_after_ms": 300, "path": "sync"},
], ids=lambda f: f["mode"] + str(f.get("status", "")))
def test_outages_are_noticed_and_over_soon(connected, matrix, failure):
    matrix.control(**failure)
    down = wait_for(connected, "mx", "reconnecting")
    assert down["why"]
    matrix.control(mode="ok")
    wait_for(connected, "mx", "connected")
    matrix.write("hello")
    eventually(lambda: matrix.sent(), "an answer")
    tree = connected.get("/api/supervision/root/channels/mx").json
    assert tree["restarts"] == 0


def test_a_refused_token_is_told(connected, matrix):
    give_token(connected, "matrix", "mx", token="wrong")
    assert "token is refused" in wait_for(connected, "mx", "failed")["why"]


def test_no_message_is_lost_by_kills(make_daemon, matrix):
    daemon = make_daemon(config=config_for(matrix, more=MANY)).start()
    daemon.wait_for_model_server()
    give_token(daemon, "matrix", "mx", token=TOKEN)
    wait_for(daemon, "mx", "connected")
    written = write_between_kills(daemon, matrix.write)
    # A transaction makes what is said again the same event.
    eventually(lambda: len({c["m.relates_to"]["m.in_reply_to"]["event_id"]
                            for _, c in matrix.sent()}) == len(written),
               "every message has an answer", 120)
    eventually(lambda: detail(daemon, "mx")["backlog"] == 0, "nothing is owed")
    assert questions(daemon) == written


def test_a_long_absence_leaves_nothing_out(make_daemon, matrix):
    daemon = make_daemon(config=config_for(matrix, more=MANY)).start()
    give_token(daemon, "matrix", "mx", token=TOKEN)
    wait_for(daemon, "mx", "connected")
    daemon.kill9()
    for _ in range(130):
        matrix.write("/help")
    daemon.start()
    eventually(lambda: len(matrix.sent()) == 130, "all are answered", 60)


def test_a_user_and_a_password_will_do(make_daemon, matrix):
    daemon = make_daemon(config=config_for(matrix)).start()
    daemon.wait_for_model_server()
    refused = daemon.post(
        "/api/channels/register?channel_type=matrix&name=mx",
        {"user": BOT})
    assert refused.status == 422
    give_token(daemon, "matrix", "mx", user=BOT, password=PASSWORD)
    wait_for(daemon, "mx", "connected")
    matrix.write("/help")
    eventually(lambda: matrix.sent(), "an answer")
    # The homeserver forgets the token that it gave.
    matrix.state.forget_tokens()
    matrix.write("/help")
    eventually(lambda: len(matrix.sent()) == 2, "an answer with another token",
               30)
    everything = daemon.log(None) + str(daemon.get("/api/audit-logs").json)
    assert PASSWORD not in everything and "syt_login" not in everything


def test_a_wrong_password_is_said_to_be_wrong(make_daemon, matrix):
    daemon = make_daemon(config=config_for(matrix)).start()
    give_token(daemon, "matrix", "mx", user=BOT, password="no")
    # Before it has tried, it has failed for want of any.
    eventually(lambda: "password" in wait_for(daemon, "mx", "failed")["why"],
               "the password is named")
