"""What the tests of all channels do with the daemon."""

from daemon import eventually


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
