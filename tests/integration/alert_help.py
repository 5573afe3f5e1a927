"""What the tests of alerts and metrics share."""

import re

from asking import ask
from daemon import eventually


def alerts_of(client, rule, state="firing"):
    """Of every rule for None."""
    return [a for a in ask(client, "GET", f"/api/alerts?state={state}")["alerts"]
            if rule is None or a["rule"] == rule]


def fires(client, rule, **labels):
    """The alert of that rule, once it fires."""
    def look():
        return next((a for a in alerts_of(client, rule)
                     if labels.items() <= a["labels"].items()), None)
    return eventually(look, f"{rule} {labels} fires")


def is_over(client, rule):
    eventually(lambda: not alerts_of(client, rule), f"{rule} is over")
    return alerts_of(client, rule, "resolved")


def told(hook, rule, path=None):
    """The states of that rule's alerts that the receiver was told, in order."""
    return [a["state"] for body in hook.taken(path) for a in body["alerts"]
            if a["rule"] == rule]


def metrics(client):
    """{name{labels}: value} of GET /metrics; comments left out."""
    reply = client.get("/metrics")
    assert reply.status == 200, reply
    assert reply.headers["Content-Type"] == \
        "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    for line in reply.body.decode().splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


def sum_of(values, name, **labels):
    """Over all series of that name with these labels."""
    total = 0
    for series, value in values.items():
        where = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', series))
        if series.split("{")[0] == name and labels.items() <= where.items():
            total += value
    return total


RECEIVER = '[[receivers]]\nname = "hook"\ntype = "webhook"\nurl = "{url}/hook"\n'

QUICK = {"alerts.interval_ms": "100", "alerts.group_wait_ms": "100",
         "provider_defaults.probe_interval_ms": "200",
         "provider_defaults.connect_timeout_ms": "500",
         "supervision.fault_injection": "true"}
