"""The channels whose users come to us: a local page, and a terminal."""

import os
import pathlib
import pty
import subprocess
import threading
import uuid

import pytest

from channel_help import detail, questions, wait_for, write_between_kills
from daemon import eventually
from event_stream import EventStream

STREAM = "/api/channels/webui/stream"
MANY = ('[[channels]]\nname = "webui"\ntype = "webui"\n'
        "user_messages_per_minute = 100000\nmessages_per_minute = 100000\n")


@pytest.fixture
def daemon(make_daemon):
    daemon = make_daemon(config=MANY).start()
    daemon.wait_for_model_server()
    wait_for(daemon, "webui", "connected")
    return daemon


def post(daemon, text, **more):
    reply = daemon.post("/api/channels/webui/messages", {"text": text, **more})
    assert reply.status == 202, reply
    return reply.json["message_id"]


def turns(daemon, query=""):
    return daemon.get("/api/channels/webui/messages" + query).json["messages"]


def answer_to(daemon, message):
    return eventually(
        lambda: next((x for x in turns(daemon, "?limit=200")
                      if x["refers_to"] == message), None), "an answer")


def test_a_page_sends_and_polls(daemon, model_server):
    model_server.control(text="Hi there.")
    asked = post(daemon, "hello")
    answer = answer_to(daemon, asked)
    assert (answer["from"], answer["text"]) == ("assistant", "Hi there. ")
    assert [x["from"] for x in turns(daemon)] == ["user", "assistant"]
    assert turns(daemon, f"?after={answer['id']}") == []
    assert turns(daemon, "?conversation=other") == []
    shown = detail(daemon, "webui")
    assert (shown["messages_in"], shown["messages_out"]) == (1, 1)
    events = daemon.get("/api/audit-logs?user=webui:uid:" + str(os.getuid()))
    assert any(e["action_type"] == "chat" for e in events.json)


def test_a_page_follows(daemon, model_server):
    model_server.control(text="one two three")
    with EventStream(daemon, path=STREAM) as stream:
        asked = post(daemon, "hello")
        answer = answer_to(daemon, asked)
        eventually(lambda: len([e for e in stream.events
                                if e.type == "message"]) == 2, "both are told")
        deltas = [e.data for e in stream.events if e.type == "delta"]
        assert "".join(d["text"] for d in deltas) == "one two three "
        assert {d["refers_to"] for d in deltas} == {asked}
        told = [e.data for e in stream.events if e.type == "message"]
        assert told == turns(daemon)
        last = stream.events[-1].id
    again = post(daemon, "/help")
    answer_to(daemon, again)
    with EventStream(daemon, last, STREAM) as stream:
        eventually(lambda: len(stream.events) == 2, "what was missed")
        assert stream.events[1].data["refers_to"] == again
        assert answer["id"] not in [e.data["id"] for e in stream.events]


def test_a_model_knows_what_was_said(daemon, model_server):
    answer_to(daemon, post(daemon, "My name is Ann."))
    answer_to(daemon, post(daemon, "What is my name?"))
    asked = daemon.get("/api/actions").json[0]["parameters"]["messages"]
    assert [m["role"] for m in asked] == ["user", "assistant", "user"]
    daemon.kill9()
    daemon.start()
    answer_to(daemon, post(daemon, "And now?"))
    asked = daemon.get("/api/actions").json[0]["parameters"]["messages"]
    assert len(asked) == 5
    answer_to(daemon, post(daemon, "/new"))
    answer_to(daemon, post(daemon, "Who am I?"))
    assert (daemon.get("/api/actions").json[0]["parameters"] ==
            {"message": "Who am I?"})


def test_sending_again_is_not_saying_again(daemon):
    first = post(daemon, "hello", id="mine")
    assert post(daemon, "hello", id="mine") == first
    daemon.kill9()
    daemon.start()
    assert post(daemon, "hello", id="mine") == first
    assert len(daemon.get("/api/actions").json) == 1


def test_what_is_wrong_is_said(daemon, make_daemon):
    assert daemon.post("/api/channels/nope/messages",
                       {"text": "x"}).status == 404
    assert daemon.get("/api/channels/nope/stream").status == 404
    assert daemon.post("/api/channels/webui/messages", {}).status == 422
    assert daemon.post("/api/channels/webui/messages",
                       {"text": ""}).status == 422
    assert daemon.get(
        "/api/channels/webui/messages?after=x").status == 422
    daemon.post("/api/channels/register?channel_type=telegram&name=tg",
                {"token": "1:x"})
    refused = daemon.post("/api/channels/tg/messages", {"text": "x"})
    assert refused.status == 409 and "telegram" in refused.json["detail"]
    daemon.post("/api/channels/stop?name=webui")
    stopped = daemon.post("/api/channels/webui/messages", {"text": "x"})
    assert stopped.status == 503 and "start" in stopped.json["detail"]
    # What was said can be read all the same.
    assert daemon.get("/api/channels/webui/messages").status == 200


def test_an_allowlist_keeps_others_out(daemon):
    me = f"uid:{os.getuid()}"
    daemon.post("/api/channels/webui/bind-user?user_id=uid:4711")
    refused = daemon.post("/api/channels/webui/messages", {"text": "x"})
    assert refused.status == 403 and me in refused.json["detail"]
    daemon.post(f"/api/channels/webui/bind-user?user_id={me}")
    post(daemon, "hello")


def test_no_message_is_lost_by_kills(daemon):
    def write(text):
        post(daemon, text, id=str(uuid.uuid4()))

    written = write_between_kills(daemon, write)
    eventually(lambda: detail(daemon, "webui")["backlog"] == 0,
               "nothing is owed", 120)
    assert questions(daemon) == written
    shown = daemon.get("/api/channels/webui/messages?limit=200").json
    asked = [x for x in shown["messages"] if x["from"] == "user"]
    told = {x["refers_to"] for x in shown["messages"] if x["from"] != "user"}
    assert asked and all(x["id"] in told for x in asked[1:])


@pytest.mark.parametrize("kind", ["throw", "hang", "exit"])
def test_it_is_repaired(make_daemon, kind):
    daemon = make_daemon(config=MANY, settings={
        "supervision.fault_injection": "true",
        "supervision.hang_after_ms": "300"}).start()
    daemon.wait_for_model_server()
    wait_for(daemon, "webui", "connected")
    daemon.post("/api/supervision/fault",
                {"path": "root/channels/webui", "kind": kind})

    def answered():
        reply = daemon.post("/api/channels/webui/messages",
                            {"text": "hello", "id": "one"})
        return reply.json["message_id"] if reply.status == 202 else None

    answer_to(daemon, eventually(answered, "it is taken"))
    assert len(daemon.get("/api/actions").json) == 1


# -- closedpaw chat -----------------------------------------------------------


def url_of(daemon):
    return f"http://127.0.0.1:{daemon.port}"


def chat(daemon, *arguments, given=None, home=None):
    return subprocess.run(
        [os.environ["CLOSEDPAW_BIN"], "chat", "--url", url_of(daemon), *arguments],
        input=given, capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOME": str(home or "/nonexistent")})


def test_one_message(daemon, model_server):
    model_server.control(text="Hi \x1b[2J there")
    done = chat(daemon, "hello")
    assert done.returncode == 0, done
    assert done.stdout == "Hi \\u{001B}[2J there \n"
    assert "made channel cli" in done.stderr
    model_server.control(text="again")
    piped = chat(daemon, given="from a pipe\n")
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, "again \n", "")
    asked = daemon.get("/api/actions").json[0]["parameters"]["messages"]
    assert [m["content"] for m in asked][-1] == "from a pipe"
    fresh = chat(daemon, "--new", "hello")
    assert fresh.returncode == 0
    assert daemon.get("/api/actions").json[0]["parameters"] == {
        "message": "hello"}


def test_what_fails_is_told_to_scripts(daemon, model_server):
    model_server.control(mode="status", status=500, path="/api/chat")
    failed = chat(daemon, "hello")
    assert failed.returncode == 1 and "That failed" in failed.stdout
    assert chat(daemon, "--channel", "nope", "hello").returncode == 1
    assert chat(daemon, given="").returncode == 2
    daemon.kill9()
    gone = chat(daemon, "hello")
    assert gone.returncode == 3 and "closedpaw serve" in gone.stderr


def test_an_answer_survives_a_restart_of_the_daemon(daemon, model_server):
    chat(daemon, "/help")
    model_server.control(mode="stall_header", path="/api/chat")
    done = []
    reader = threading.Thread(target=lambda: done.append(chat(daemon, "slow")))
    reader.start()
    eventually(lambda: any(a["status"] == "executing" for a in
                           daemon.get("/api/actions").json), "it is asked")
    daemon.kill9()
    model_server.control(mode="ok")
    daemon.start(port=daemon.port)
    reader.join(60)
    # What ran when the daemon died has failed, and that is what is said.
    assert done and done[0].returncode == 1 and "That failed" in done[0].stdout


def test_a_conversation_in_a_terminal(daemon, model_server, tmp_path):
    model_server.control(text="Hi there.")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [os.environ["CLOSEDPAW_BIN"], "chat", "--url", url_of(daemon)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "HOME": str(tmp_path), "TERM": "dumb",
             "XDG_STATE_HOME": ""})
    os.close(theirs)
    seen = []

    def read():
        try:
            while chunk := os.read(ours, 4096):
                seen.append(chunk.decode(errors="replace"))
        except OSError:
            pass  # The other side is gone.

    threading.Thread(target=read, daemon=True).start()
    eventually(lambda: "Ctrl-D ends" in "".join(seen), "a greeting", 20)
    os.write(ours, b"hello\n")
    eventually(lambda: "Hi there." in "".join(seen), "an answer", 20)
    os.write(ours, b"/help\n")
    eventually(lambda: "/approve" in "".join(seen), "the commands", 20)
    os.write(ours, b"/quit\n")
    assert process.wait(20) == 0
    kept = pathlib.Path(tmp_path, ".local/state/closedpaw/chat_history")
    assert "hello" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    # Another time it shows what was said.
    again = chat(daemon, "/help")
    assert again.returncode == 0
