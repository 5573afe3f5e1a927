"""Under load where nothing is wrong, nothing is told.

CLOSEDPAW_QUIET_SECONDS says for how long; ten minutes before a release."""

import os
import time

import pytest

from alert_help import RECEIVER
from asking import ask, change_setting
from daemon import SANITIZER, eventually
from pressure import Pressure
from webhook_server import WebhookServer

SECONDS = int(os.environ.get("CLOSEDPAW_QUIET_SECONDS", "45"))


@pytest.mark.skipif(bool(SANITIZER),
                    reason="a sanitizer makes everything slow, which is told")
def test_load_raises_no_alert(make_daemon):
    with WebhookServer() as hook:
        # As it is shipped, but for someone who would be told.
        daemon = make_daemon(config=RECEIVER.format(url=hook.url)) \
            .start().wait_for_model_server()
        change_setting(daemon, "log.level", "warn")
        seen = {}
        with Pressure(daemon, threads=2) as load:
            end = time.monotonic() + SECONDS

            def over():
                for alert in ask(daemon, "GET", "/api/alerts")["alerts"]:
                    seen[alert["rule"], alert["state"]] = alert
                return time.monotonic() >= end

            eventually(over, "the time is over", deadline=SECONDS + 60)
        # What became of each action is the subject of other tests.
        assert not load.wrong, load.wrong[:5]
        fired = {k: v for k, v in seen.items() if k[1] != "pending"}
        assert not fired, fired
        assert hook.taken() == []
        assert not ask(daemon, "GET", "/api/status")["degraded_because"]
        assert sum(load.answers.values()) > SECONDS
