"""Each fault of the matrix is injected into a running system: status, tree,
metric, alert and audit event tell of it with its cause, one notification goes
out, and its end is told.

How long each took is written to the file that CLOSEDPAW_FAULTS names
(fault_table.py makes config/ops/FAULTS.md of it); nothing here fails because a
machine was slow."""

import json
import os

import pytest

from alert_help import alerts_of
from daemon import eventually
from fault_list import FAULTS
from fault_world import CLOCK, LIBRARY, World, measure
from rsyslog import Rsyslog
from webhook_server import WebhookServer


@pytest.fixture
def world(make_daemon, model_server, tmp_path):
    with WebhookServer() as hook:
        made = World(make_daemon, hook, model_server, tmp_path)
        with made.stack:
            yield made


def skip_what_cannot_be(fault):
    if "shipper" in fault.name and not Rsyslog.is_installed():
        pytest.skip("rsyslog is not installed")
    if fault.name == "another user" and os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    if "clock" in fault.name and not os.path.exists(CLOCK):
        pytest.skip("CLOSEDPAW_CLOCK_JUMP names no library")
    if fault.name.startswith("audit") and not os.path.exists(LIBRARY):
        pytest.skip("CLOSEDPAW_POWER_LOSS names no library")


def note(fault, times, notifications):
    path = os.environ.get("CLOSEDPAW_FAULTS")
    if not path:
        return
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps({
            "fault": fault.name, "limit": fault.limit, "alert": fault.alert,
            "times": times, "notifications": notifications,
            "ends_by_itself": fault.lasts}) + "\n")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name.replace(" ", "_"))
def test_fault(world, fault):
    skip_what_cannot_be(fault)
    if fault.prepare:
        fault.prepare(world)
    world.start()
    if fault.begin:
        fault.begin(world)
    world.wait_until_quiet()
    times = measure(world, fault)
    if fault.then:
        fault.then(world)
    told = eventually(
        lambda: [t for t in world.told() if t[1] == "firing"], "it is told")
    # Time for consequences, and for what was held back, to be told as well, if
    # they were.
    eventually(lambda: not any(a["held_back"] for a in alerts_of(
        world.daemon, None)), "nothing is held back")
    seen = world.looks()
    eventually(lambda: world.looks() > seen + 15, "it is looked at again")
    told = [t for t in world.told() if t[1] == "firing"]
    assert (fault.told, "firing") in told
    assert len(told) == 1, f"one notification: {told}"
    if fault.recover:
        fault.recover(world)
        eventually(lambda: not alerts_of(world.daemon, fault.alert),
                   "it is over", deadline=60)
        eventually(lambda: (fault.alert, "resolved") in world.told(),
                   "its end is told")
    note(fault, times, len(told))
