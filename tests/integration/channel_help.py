"""What the tests of all channels do with the daemon."""

import os
import random
import time

from daemon import SANITIZER, eventually

# A loss that one kill in fifty shows is found.
KILLS = int(os.environ.get("CLOSEDPAW_CHANNEL_KILLS",
                           10 if SANITIZER else 100))


def questions(daemon):
    """What models were asked, without what they were told of before."""
    asked, path = [], "/api/actions?limit=500"
    for action in daemon.get(path).json:
        given = action["parameters"]
        asked.append(given["message"] if "message" in given
                     else given["messages"][-1]["content"])
    return sorted(asked)


def detail(daemon, name):
    return daemon.get("/api/channels?detail=true").json["channels"][name]


def wait_for(daemon, name, state):
    return eventually(
        lambda: (lambda d: d if d["state"] == state else None)(
            detail(daemon, name)), f"channel {name} is {state}")


def give_token(daemon, kind, name, **secrets):
    reply = daemon.post(
        f"/api/channels/register?channel_type={kind}&name={name}", secrets)
    assert reply.status == 200, reply
    assert reply.json == {"status": "success", "channel": name}


def write_between_kills(daemon, write, least=1):
    """Kills the daemon at random moments while users write; gives back what
    they wrote."""
    rng = random.Random(20261126)
    written = []
    for _ in range(KILLS):
        for _ in range(rng.randint(least, 3)):
            written.append(f"message {len(written)}")
            write(written[-1])
        moment = time.monotonic() + rng.random() * 0.15
        eventually(lambda at=moment: time.monotonic() > at, "a random moment")
        daemon.kill9()
        daemon.start()
        # Safe mode after three of them: the owner starts it by hand.
        daemon.post("/api/channels/start")
    return sorted(written)
