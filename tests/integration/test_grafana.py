"""The Grafana dashboard that is shipped: its form, its queries, its metrics."""

import json
import pathlib
import re
import shutil
import subprocess

import pytest

from npm_script import npm_command, run_npm

DASHBOARD = (pathlib.Path(__file__).resolve().parents[2] / "config" / "ops" /
             "grafana" / "closedpaw.json")


def queries():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [t["expr"] for p in panels for t in p.get("targets", [])]


def test_it_has_grafanas_form(tmp_path):
    run_npm("grafana", "check.mjs", {"dashboard": str(DASHBOARD)})
    # What the check is worth: a field of that name there is not.
    wrong = tmp_path / "wrong.json"
    wrong.write_text(DASHBOARD.read_text().replace('"gridPos"', '"position"'))
    done = subprocess.run(
        npm_command("grafana", "check.mjs", {"dashboard": str(wrong)}),
        capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "position" in done.stdout


def test_prometheus_understands_its_queries(tmp_path):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed")
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps({"groups": [{"name": "g", "rules": [
        {"record": f"query:{i}", "expr": q.replace("$__rate_interval", "1m")}
        for i, q in enumerate(queries())]}]}))
    done = subprocess.run(["promtool", "check", "rules", rules],
                          capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_daemon_has_its_metrics(daemon):
    for _ in range(2):
        assert daemon.post("/api/chat", {"message": "hi"}).status == 200
    text = daemon.get("/metrics").body.decode()
    there = set(re.findall(r"^([a-z_]+)", text, re.MULTILINE))
    labels = set(re.findall(r"[{,]([a-z_]+)=", text))
    asked = queries()
    assert len(asked) > 20
    for query in asked:
        names = re.findall(r"\b(?:closedpaw|http|gen_ai|process)_[a-z_]+", query)
        by = re.search(r"by \(([^)]*)\)", query)
        keys = {x.strip() for x in by.group(1).split(",")} if by else set()
        assert keys <= labels | {"le"}, query
        metrics = [n for n in names if n not in keys]
        assert metrics, query
        assert set(metrics) <= there, query
