"""The Slack channel against a Socket Mode that behaves as Slack's."""

import ssl

import pytest

from channel_help import (detail, give_token, questions, wait_for,
                          write_between_kills)
from daemon import eventually
from slack_server import APP_TOKEN, BOT_TOKEN, SlackServer


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


def config_for(slack, users=("T1/U42",)):
    allowed = ", ".join(f'"{u}"' for u in users)
    return (f'[[channels]]\nname = "sl"\ntype = "slack"\n'
            f'base_url = "{slack.url}"\nallowed_users = [{allowed}]\n'
            f'user_messages_per_minute = 100000\nmessages_per_minute = 100000\n')


@pytest.fixture
def connected(make_daemon, slack):
    daemon = make_daemon(config=config_for(slack)).start()
    daemon.wait_for_model_server()
    give_token(daemon, "slack", "sl", token=BOT_TOKEN, app_token=APP_TOKEN)
    wait_for(daemon, "sl", "connected")
    return daemon


def answered(slack, n):
    return eventually(lambda: (lambda s: s if len(s) >= n else None)(
        slack.sent()), f"{n} answers")


def test_a_conversation(connected, slack, model_server):
    model_server.control(text="Hi <@Ann>!")
    slack.write("hello")
    (sent,) = answered(slack, 1)
    assert sent["channel"] == "D500" and sent["text"] == "Hi &lt;@Ann&gt;!"
    eventually(lambda: not slack.unacknowledged, "it is acknowledged")
    assert slack.deliveries == 1
    log = connected.log(None)
    assert BOT_TOKEN not in log and APP_TOKEN not in log
    assert "ticket" not in log


def test_pings_are_the_proof_of_a_quiet_connection(connected, slack):
    first = detail(connected, "sl")["last_exchange"]
    eventually(lambda: detail(connected, "sl")["last_exchange"] > first,
               "a later proof")
    assert detail(connected, "sl")["last_exchange_text"] == "a ping was answered"


def test_a_connection_is_replaced_before_it_is_closed(connected, slack):
    slack.refresh()
    eventually(lambda: slack.most_sockets == 2 and len(slack.sockets) == 1,
               "the second one serves alone")
    assert detail(connected, "sl")["reconnects"] == 0
    slack.write("hello")
    answered(slack, 1)


def test_a_lost_connection_misses_nothing(connected, slack):
    slack.drop()
    slack.write("meanwhile")
    answered(slack, 1)
    wait_for(connected, "sl", "connected")
    # No socket stays behind.
    eventually(lambda: len(slack.sockets) == 1, "one connection")
    assert len(connected.get("/api/actions").json) == 1


def test_over_tls(make_daemon, certificate):
    cert, key = certificate
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    with SlackServer(tls=tls) as slack:
        # A stranger's certificate is not taken.
        daemon = make_daemon(config=config_for(slack)).start()
        give_token(daemon, "slack", "sl", token=BOT_TOKEN, app_token=APP_TOKEN)
        eventually(lambda: "certificate" in (detail(daemon, "sl")["why"] or ""),
                   "it is refused")
        assert not slack.sockets
        daemon.stop()
        daemon.env["SSL_CERT_FILE"] = str(cert)
        daemon.start().wait_for_model_server()
        wait_for(daemon, "sl", "connected")
        slack.write("hello")
        answered(slack, 1)


def test_a_part_of_the_tokens_is_not_enough(make_daemon, slack):
    daemon = make_daemon(config=config_for(slack)).start()
    give_token(daemon, "slack", "sl", token=BOT_TOKEN)
    assert "app_token" in wait_for(daemon, "sl", "failed")["why"]
    give_token(daemon, "slack", "sl", app_token=APP_TOKEN)
    wait_for(daemon, "sl", "connected")


def test_a_refused_token_and_a_mode_that_is_off(connected, slack):
    slack.disable()
    assert "switched off" in wait_for(connected, "sl", "failed")["why"]
    give_token(connected, "slack", "sl", app_token="xapp-wrong")
    eventually(lambda: detail(connected, "sl")["state"] == "failed" and
               "refused" in detail(connected, "sl")["why"],
               "the token is refused")


def test_rate_limits_are_waited_out(connected, slack):
    slack.limit(1)
    slack.write("hello")
    answered(slack, 1)


def test_no_message_is_lost_by_kills(connected, slack):
    written = write_between_kills(connected, slack.write)
    eventually(lambda: len(slack.sent()) >= len(written) and
               detail(connected, "sl")["backlog"] == 0 and
               not slack.unacknowledged, "every message has an answer",
               deadline=120)
    assert questions(connected) == written
