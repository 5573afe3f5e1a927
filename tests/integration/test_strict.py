"""security.strict: what widens trust waits for approval, like an action."""

import pytest
from asking import action, ask, decide, ended, pending_ids

PROVIDER = {"name": "mine", "provider_type": "custom",
            "base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def strict(make_daemon):
    return make_daemon(settings={"security.strict": "true"}).start()


def held(daemon, path, body=None):
    """The action that a request has become."""
    answer = ask(daemon, "POST", path, body, status=202)
    assert answer["requires_approval"] and answer["status"] == "pending"
    assert answer["security_level"] == "critical"
    assert answer["action_id"] in pending_ids(daemon)
    assert action(daemon, answer["action_id"])["action_type"] == "config_change"
    return answer["action_id"]


def skill(daemon, name):
    return next(s for s in ask(daemon, "GET", "/api/skills") if s["id"] == name)


def test_a_provider_waits_and_is_there_once_approved(strict):
    one = held(strict, "/api/providers/register", PROVIDER)
    assert "mine" not in str(ask(strict, "GET", "/api/providers"))
    decide(strict, one)
    assert ended(strict, one)["status"] == "completed"
    assert "mine" in str(ask(strict, "GET", "/api/providers"))
    # Told with what it was before, and by whom it was let in.
    [changed] = [e for e in ask(strict, "GET", "/api/audit-logs?limit=200")
                 if (e["details"] or {}).get("key") == "providers.mine"]
    assert changed["details"]["before"] is None
    assert changed["details"]["after"]["base_url"] == PROVIDER["base_url"]
    assert changed["user"].startswith("uid:")
    # It also waits to be the default one.
    default = held(strict, "/api/providers/mine/default")
    decide(strict, default)
    assert ended(strict, default)["status"] == "completed"
    strict.restart()
    assert "mine" in str(ask(strict, "GET", "/api/providers"))


def test_what_is_rejected_changes_nothing(strict):
    one = held(strict, "/api/providers/register", PROVIDER)
    decide(strict, one, approved=False)
    assert action(strict, one)["status"] == "rejected"
    assert "mine" not in str(ask(strict, "GET", "/api/providers"))


def test_a_secret_does_not_wait_in_an_action(strict):
    reply = strict.post("/api/providers/register", {**PROVIDER, "api_key": "sk-1"})
    assert reply.status == 409, reply
    assert "closedpaw vault set providers/mine/api_key" in reply.json["detail"]
    assert not pending_ids(strict)


def test_skills_wait_to_be_enabled_and_not_to_be_disabled(strict):
    assert ask(strict, "POST", "/api/skills/filesystem/disable")
    assert not skill(strict, "filesystem")["enabled"]
    one = held(strict, "/api/skills/filesystem/enable")
    assert not skill(strict, "filesystem")["enabled"]
    decide(strict, one)
    assert ended(strict, one)["status"] == "completed"
    assert skill(strict, "filesystem")["enabled"]


def test_channels_and_their_users_wait(strict):
    one = held(strict, "/api/channels/register?channel_type=webui&name=desk")
    decide(strict, one)
    assert ended(strict, one)["status"] == "completed"
    two = held(strict, "/api/channels/desk/bind-user?user_id=ann&approves=true")
    assert "ann" not in str(ask(strict, "GET", "/api/channels/desk"))
    decide(strict, two)
    assert ended(strict, two)["status"] == "completed"
    assert "ann" in str(ask(strict, "GET", "/api/channels/desk"))
    ask(strict, "DELETE", "/api/channels/desk/users/ann")


def test_what_cannot_be_done_says_so_when_it_is_done(strict):
    one = held(strict, "/api/channels/pair", {"code": "123456"})
    decide(strict, one)
    row = ended(strict, one)
    assert row["status"] == "failed" and "code" in row["error"], row


def test_a_decision_outlives_kill_9(strict):
    one = held(strict, "/api/providers/register", PROVIDER)
    strict.restart()
    decide(strict, one)
    assert ended(strict, one)["status"] == "completed"
    assert "mine" in str(ask(strict, "GET", "/api/providers"))


def test_by_default_nothing_of_it_waits(make_daemon):
    daemon = make_daemon().start()
    ask(daemon, "POST", "/api/providers/register", PROVIDER)
    assert not pending_ids(daemon)
