#!/usr/bin/python3
"""How soon a channel notices that its service is away, and that it is back.

    channel_outages.py [--poll SECONDS] [--repetitions N]

Each fault of each service is injected into the fixtures of the tests, over real
sockets, with the real daemon ($CLOSEDPAW_BIN). The goals are the issue's: noticed
within two polls or heartbeats, recovered within five seconds. Medians and the
worst of the repetitions.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests/integration"), str(ROOT / "tests/fixtures")]

import channel_help  # noqa: E402
import discord_server  # noqa: E402
import matrix_server  # noqa: E402
import slack_server  # noqa: E402
import telegram_server  # noqa: E402
from daemon import Daemon, eventually  # noqa: E402

RECOVERY_GOAL_S = 5
LONGEST_S = 120
DISCORD_BEAT_S = discord_server.INTERVAL_MS / 1000


def polling(path, error):
    """The faults of a service that is polled: (name, begin, end)."""
    faults = [("resets", {"mode": "reset"}), ("garbage", {"mode": "garbage"}),
              ("an HTML page", {"mode": "html"}),
              ("status 500", {"mode": "status", "status": 500}),
              ("a poll that stalls", {"mode": "stall"})]
    return [(name,
             lambda s, f=fault: s.control(path=path, error=error, **f),
             lambda s: s.control(mode="ok")) for name, fault in faults]


SERVICES = [
    ("telegram", telegram_server.TelegramServer,
     {"token": telegram_server.TOKEN}, polling("getUpdates", "Bad")),
    ("matrix", matrix_server.MatrixServer,
     {"token": matrix_server.TOKEN}, polling("sync", "M_UNKNOWN")),
    ("discord", discord_server.DiscordServer,
     {"token": discord_server.TOKEN},
     [("heartbeats not acknowledged", lambda s: s.mute(True),
       lambda s: s.mute(False))]),
    ("slack", slack_server.SlackServer,
     {"token": slack_server.BOT_TOKEN, "app_token": slack_server.APP_TOKEN},
     [("lost, and none to be had", lambda s: (s.limit(1000), s.drop()),
       lambda s: s.limit(0))]),
]


def wait_for(daemon, check):
    begun = time.monotonic()
    eventually(lambda: check(channel_help.detail(daemon, "ch")["state"]),
               "the channel's state", LONGEST_S)
    return time.monotonic() - begun


def measure(server, daemon, begin, end):
    begin(server)
    noticed = wait_for(daemon, lambda s: s != "connected")
    end(server)
    back = wait_for(daemon, lambda s: s == "connected")
    return noticed, back


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--poll", type=float, default=4)
    options.add_argument("--repetitions", type=int, default=3)
    chosen = options.parse_args()
    print(f"poll {chosen.poll:g} s, Discord's heartbeat {DISCORD_BEAT_S:g} s, "
          f"{chosen.repetitions} repetitions\n")
    print("| service | fault | noticed, median / worst | goal | "
          "recovered, median / worst | goal |\n|---|---|---|---|---|---|")
    for kind, fixture, secrets, faults in SERVICES:
        beat = DISCORD_BEAT_S if kind == "discord" else chosen.poll
        with fixture() as server, tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(
                pathlib.Path(folder, "d"), config=(
                    f'[[channels]]\nname = "ch"\ntype = "{kind}"\n'
                    f'base_url = "{server.url}"\n'
                    f"poll_timeout_ms = {int(chosen.poll * 1000)}\n")).start()
            try:
                channel_help.give_token(daemon, kind, "ch", **secrets)
                wait_for(daemon, lambda s: s == "connected")
                for name, begin, end in faults:
                    times = [measure(server, daemon, begin, end)
                             for _ in range(chosen.repetitions)]
                    noticed, back = zip(*times)
                    print(f"| {kind} | {name} | {statistics.median(noticed):.1f}"
                          f" / {max(noticed):.1f} s | {2 * beat:g} s | "
                          f"{statistics.median(back):.1f} / {max(back):.1f} s | "
                          f"{RECOVERY_GOAL_S} s |", flush=True)
            finally:
                daemon.stop()


if __name__ == "__main__":
    main()
