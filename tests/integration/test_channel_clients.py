"""Public clients of each channel's service run against the fixtures, which
proves that these behave as the services do."""

import subprocess
import threading

import pytest

import discord_server
import matrix_server
import slack_server
import telegram_server
from daemon import eventually
from npm_script import npm_command


@pytest.fixture
def servers():
    with telegram_server.TelegramServer() as telegram, \
            discord_server.DiscordServer() as discord, \
            slack_server.SlackServer() as slack, \
            matrix_server.MatrixServer() as matrix:
        yield {"telegram": telegram, "discord": discord, "slack": slack,
               "matrix": matrix}


class Bots:
    def __init__(self, told):
        self.process = subprocess.Popen(
            npm_command("sdk", "channel_clients.mjs", told),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def wait_ready(self, name):
        # The first run installs the packages.
        eventually(lambda: f"ready {name}" in self.lines
                   or self.process.poll() is not None,
                   f"{name}'s client is ready", deadline=240)
        if self.process.poll() == 77:
            pytest.skip("\n".join(self.lines))
        assert f"ready {name}" in self.lines, self.lines

    def stop(self):
        self.process.kill()
        self.process.wait()


def test_each_client_converses(servers):
    bots = Bots({
        "telegram": {"url": servers["telegram"].url,
                     "token": telegram_server.TOKEN},
        "discord": {"url": servers["discord"].url,
                    "token": discord_server.TOKEN},
        "slack": {"url": servers["slack"].url,
                  "appToken": slack_server.APP_TOKEN,
                  "botToken": slack_server.BOT_TOKEN},
        "matrix": {"url": servers["matrix"].url, "token": matrix_server.TOKEN,
                   "userId": matrix_server.BOT},
    })

    def said(name):
        sent = servers[name].sent()
        if name == "matrix":
            return [content["body"] for _, content in sent]
        return [m.get("text") or m.get("content") for m in sent]

    try:
        for name, server in servers.items():
            bots.wait_ready(name)
            for word in ("one", "two"):
                server.write(word)
                eventually(lambda n=name, w=word: f"pong: {w}" in said(n),
                           f"{name}'s client answers {word}: {bots.lines}")
        # A connection that is lost is opened again.
        servers["discord"].drop()
        servers["discord"].write("three")
        eventually(lambda: "pong: three" in said("discord"),
                   f"Discord's client is back: {bots.lines}")
        assert servers["discord"].resumes >= 1
    finally:
        bots.stop()
