"""Debian's own Prometheus and Alertmanager against the running daemon."""

import json
import pathlib
import shutil
import socket
import subprocess
import urllib.request

import pytest

from alert_help import QUICK, fires
from daemon import BINARY, eventually
from webhook_server import WebhookServer

OPS = pathlib.Path(__file__).parents[2] / "config" / "ops"


def need(tool):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    return tool


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def fetch(url):
    with urllib.request.urlopen(url, timeout=5) as reply:
        return json.load(reply)


@pytest.fixture
def start(tmp_path):
    """Runs a program until the test is over."""
    running = []

    def begin(*words):
        log = open(tmp_path / f"{words[0]}.log", "wb")  # noqa: SIM115
        running.append((subprocess.Popen(words, stdout=log, stderr=log), log))

    yield begin
    for process, log in running:
        process.kill()
        process.wait()
        log.close()


def generated(form):
    return subprocess.run([BINARY, "alerts", "rules", "--format", form],
                          capture_output=True, text=True, check=True).stdout


def test_the_shipped_files_are_those_that_the_rules_make():
    rules = (OPS / "prometheus" / "closedpaw.rules.yml").read_text()
    assert rules == generated("prometheus")
    shipped = (OPS / "alertmanager" / "alertmanager.yml").read_text()
    assert shipped.endswith(generated("alertmanager"))


def test_promtool_reads_the_rules_and_agrees_with_what_they_mean():
    tool = need("promtool")
    folder = OPS / "prometheus"
    for words in (["check", "rules", "closedpaw.rules.yml"],
                  ["check", "config", "prometheus.yml"],
                  ["test", "rules", "closedpaw.rules.test.yml"]):
        done = subprocess.run([tool, *words], cwd=folder, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_amtool_reads_the_configuration():
    tool = need("amtool")
    done = subprocess.run(
        [tool, "check-config", str(OPS / "alertmanager" / "alertmanager.yml")],
        capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_alertmanager_takes_our_alerts_and_tells_its_receiver_once(
        make_daemon, model_server, start, tmp_path):
    program = need("prometheus-alertmanager")
    port = free_port()
    with WebhookServer() as hook:
        config = tmp_path / "am.yml"
        config.write_text(
            "route:\n  receiver: hook\n  group_wait: 1s\n  group_interval: 1s\n"
            "  routes:\n  - {matchers: ['alertname=\"Watchdog\"'],"
            " receiver: nobody}\n"
            "receivers:\n- name: nobody\n- name: hook\n  webhook_configs:\n"
            f"  - url: {hook.url}/am\n")
        start(program, f"--config.file={config}",
              f"--storage.path={tmp_path}/am", "--cluster.listen-address=",
              f"--web.listen-address=127.0.0.1:{port}")
        url = f"http://127.0.0.1:{port}"
        daemon = make_daemon(
            settings=QUICK, config='[[receivers]]\nname = "am"\ntype = '
            f'"alertmanager"\nurl = "{url}"\n').start().wait_for_model_server()
        daemon.post("/api/supervision/fault",
                    {"path": "root/monitoring/health", "kind": "throw"})
        ours = fires(daemon, "ActorCrashed")
        got = eventually(lambda: hook.taken("/am"), "it tells its receiver")
        alert = got[0]["alerts"][0]
        assert alert["labels"]["alertname"] == "ActorCrashed"
        assert alert["labels"]["path"] == "root/monitoring/health"
        assert alert["annotations"]["description"] == ours["cause"]
        names = {a["labels"]["alertname"]
                 for a in fetch(f"{url}/api/v2/alerts")}
        assert "Watchdog" in names
        assert len(hook.taken("/am")) == 1


def test_prometheus_scrapes_us_and_fires_the_same_alert(
        make_daemon, model_server, start, tmp_path):
    program = need("prometheus")
    port = free_port()
    daemon = make_daemon(settings=QUICK).start().wait_for_model_server()
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "global: {scrape_interval: 250ms, evaluation_interval: 250ms}\n"
        f"rule_files: ['{OPS}/prometheus/closedpaw.rules.yml']\n"
        "scrape_configs:\n- job_name: closedpaw\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{daemon.port}']\n")
    start(program, f"--config.file={config}",
          f"--storage.tsdb.path={tmp_path}/tsdb",
          f"--web.listen-address=127.0.0.1:{port}")
    url = f"http://127.0.0.1:{port}"

    def ask(path):
        try:
            return fetch(url + path)["data"]
        except OSError:
            return None

    def is_up():
        found = ask("/api/v1/query?query=up%7Bjob%3D%22closedpaw%22%7D") or {}
        return [r["value"][1] for r in found.get("result", [])] == ["1"]

    eventually(is_up, "Prometheus scrapes us")
    model_server.control(mode="status", status=500)

    def firing():
        found = ask("/api/v1/alerts") or {"alerts": []}
        return [a for a in found["alerts"] if a["state"] == "firing"
                and a["labels"]["alertname"] == "ProviderDown"]

    theirs = eventually(firing, "its alert fires", deadline=60)
    assert theirs[0]["labels"]["provider"] == "ollama"
    assert fires(daemon, "ProviderDown")["summary"] == \
        theirs[0]["annotations"]["summary"]
