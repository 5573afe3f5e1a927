"""The Discord channel against a gateway that behaves as Discord's."""


import pytest

from channel_help import (detail, give_token, questions, wait_for,
                          write_between_kills)
from daemon import eventually
from discord_server import TOKEN, DiscordServer


@pytest.fixture
def discord():
    with DiscordServer() as server:
        yield server


def config_for(discord, users=("42",)):
    allowed = ", ".join(f'"{u}"' for u in users)
    return (f'[[channels]]\nname = "dc"\ntype = "discord"\n'
            f'base_url = "{discord.url}"\nallowed_users = [{allowed}]\n'
            f'user_messages_per_minute = 100000\nmessages_per_minute = 100000\n')


@pytest.fixture
def connected(make_daemon, discord):
    daemon = make_daemon(config=config_for(discord)).start()
    daemon.wait_for_model_server()
    give_token(daemon, "discord", "dc", token=TOKEN)
    wait_for(daemon, "dc", "connected")
    return daemon


def answered(discord, n):
    return eventually(lambda: (lambda s: s if len(s) >= n else None)(
        discord.sent()), f"{n} answers")


def test_a_conversation(connected, discord, model_server):
    model_server.control(text="Hi Ann! " * 400)
    asked = discord.write("hello")
    sent = answered(discord, 2)
    assert sent[0]["reference"]["message_id"] == asked
    assert all(len(m["content"]) <= 2000 for m in sent)
    assert TOKEN not in connected.log(None)


def test_heartbeats_that_are_not_acknowledged_end_it(connected, discord):
    discord.mute(True)
    down = wait_for(connected, "dc", "reconnecting")
    assert "heartbeat" in down["why"]
    discord.mute(False)
    wait_for(connected, "dc", "connected")
    discord.write("hello")
    answered(discord, 1)


@pytest.mark.parametrize("how", ["drop", "reconnect", 4000, 4009, 1001])
def test_lost_connections_miss_nothing(connected, discord, how):
    discord.write("before")
    answered(discord, 1)
    eventually(lambda: detail(connected, "dc")["backlog"] == 0, "it is settled")
    if isinstance(how, int):
        discord.close(how)
    else:
        getattr(discord, how)()
    # Either at once or while nobody listens.
    discord.write("meanwhile")
    answered(discord, 2)
    wait_for(connected, "dc", "connected")
    discord.write("after")
    answered(discord, 3)
    assert len(connected.get("/api/actions").json) == 3
    tree = connected.get("/api/supervision/root/channels/dc").json
    assert tree["restarts"] == 0


def test_a_session_that_is_forgotten_misses_nothing(connected, discord):
    discord.write("before")
    answered(discord, 1)
    discord.forget_sessions()
    discord.drop()
    discord.write("meanwhile")
    answered(discord, 2)
    assert discord.identifies == 2


def test_a_later_process_resumes(connected, discord):
    discord.write("before")
    answered(discord, 1)
    eventually(lambda: detail(connected, "dc")["backlog"] == 0, "it is settled")
    connected.kill9()
    discord.write("while nobody listens")
    connected.start()
    answered(discord, 2)
    assert discord.identifies == 1 and discord.resumes >= 1


def test_a_refused_token_is_told(connected, discord):
    give_token(connected, "discord", "dc", token="wrong")
    failed = wait_for(connected, "dc", "failed")
    assert "refuses the bot's token" in failed["why"]
    give_token(connected, "discord", "dc", token=TOKEN)
    wait_for(connected, "dc", "connected")


def test_a_session_that_ends_at_once_is_not_hammered(connected, discord):
    discord.close_at_once = 4000
    discord.drop()
    slow = eventually(
        lambda: (lambda d: d if "in a row" in (d["why"] or "") else None)(
            detail(connected, "dc")), "it is tried slowly", deadline=90)
    assert slow["state"] == "reconnecting"
    assert slow["last_error"]["next_attempt"]


def test_rate_limits_are_waited_out(connected, discord):
    discord.limited = 2
    discord.write("hello")
    answered(discord, 1)


def test_only_a_private_conversation_decides(connected, discord):
    high = connected.post("/api/actions", {
        "action_type": "file_operation",
        "parameters": {"operation": "delete", "path": "/x"}}).json["action_id"]
    connected.post("/api/channels/dc/bind-user?user_id=42&approves=true")
    discord.write(f"/approve {high}", channel="600", guild="1")
    assert "may not decide" in answered(discord, 1)[0]["content"]
    discord.write(f"/approve {high}")
    assert "Approved" in answered(discord, 2)[1]["content"]


def test_no_message_is_lost_by_kills(connected, discord):
    written = write_between_kills(connected, discord.write)
    eventually(lambda: len({m["reference"]["message_id"]
                            for m in discord.sent()}) == len(written),
               "every message has an answer", deadline=120)
    assert questions(connected) == written
