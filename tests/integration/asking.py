"""What several tests ask a daemon; each fails with the answer it got."""

from daemon import eventually

ENDED = {"completed", "failed", "rejected"}


def ask(client, method, path, body=None, status=200, **headers):
    """The JSON of an answer with that status."""
    reply = client.request(method, path, body, headers)
    assert reply.status == status, f"{method} {path}: {reply}"
    return reply.json


def submit(client, action_type, skill_id=None, **parameters):
    body = {"action_type": action_type, "parameters": parameters}
    if skill_id:
        body["skill_id"] = skill_id
    return ask(client, "POST", "/api/actions", body)["action_id"]


def decide(client, action_id, approved=True, user_id="owner"):
    return ask(client, "POST", f"/api/actions/{action_id}/approve",
               {"approved": approved, "user_id": user_id})


def change_setting(client, key, value):
    """A config_change, approved; returns the action as it ended."""
    action_id = submit(client, "config_change", key=key, value=value)
    decide(client, action_id)
    return ended(client, action_id)


def action(client, action_id):
    return ask(client, "GET", f"/api/actions/{action_id}")


def ended(client, action_id):
    """The action, once it has ended."""
    def look():
        row = action(client, action_id)
        return row if row["status"] in ENDED else None
    return eventually(look, f"{action_id} ends")


def events_of(client, action_id):
    """Its audit events, oldest first."""
    found = ask(client, "GET", f"/api/audit-logs?action_id={action_id}")
    return found[::-1]


def pending_ids(client):
    return {row["id"] for row in ask(client, "GET", "/api/actions/pending")}


def node(client, path):
    return ask(client, "GET", f"/api/supervision/{path}")


def nodes(client):
    """Every node of the tree by its path."""
    found = {}
    todo = [ask(client, "GET", "/api/supervision")["root"]]
    while todo:
        one = todo.pop()
        found[one["path"]] = one
        todo += one["children"]
    return found


def setting(client, key):
    return ask(client, "GET", "/api/config")["settings"][key]
