"""The process: configuration, signals, logs, backups, and what it refuses."""

import json
import os
import signal
import socket
import stat
import subprocess

import pytest
from asking import ask, change_setting, ended, pending_ids, setting, submit
from conftest import MODEL
from daemon import BINARY, DEADLINE, eventually


def run(*arguments):
    return subprocess.run(
        [BINARY, *map(str, arguments)], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=DEADLINE, check=False)


def serve(folder, *arguments, config=""):
    """A start that is expected to be refused."""
    path = folder / "wrong.toml"
    path.write_text(config)
    return run("serve", "--config", path, "--data-dir", folder / "other",
               "--listen", "127.0.0.1:0", *arguments)


def reload(daemon, config):
    """SIGHUP with that text put before the provider's table."""
    text = daemon.config_path.read_text()
    daemon.config_path.write_text(f"{config}\n{text}")
    before = daemon.log(None)
    daemon.process.send_signal(signal.SIGHUP)
    return eventually(
        lambda: [line for line in daemon.log(None)[len(before):].splitlines()
                 if "reload done" in line or "reload refused" in line],
        "the reload ends")[0]


# Commands


def test_version_help_and_completion():
    version = run("--version")
    assert version.returncode == 0
    assert version.stdout.startswith("closedpaw ")
    helped = run("--help")
    assert helped.returncode == 0
    for command in ("serve", "backup", "restore", "audit", "completion"):
        assert command in helped.stdout
        assert run(command, "--help").returncode == 0
    for shell in ("bash", "zsh", "fish"):
        script = run("completion", shell)
        assert script.returncode == 0
        assert "--data-dir" in script.stdout.replace("-l data-dir",
                                                     "--data-dir")
    bash = subprocess.run(["bash", "-n"], input=run("completion", "bash").stdout,
                          capture_output=True, text=True, check=False)
    assert bash.returncode == 0, bash.stderr
    for wrong in ([], ["fly"], ["serve", "--fly"]):
        refused = run(*wrong)
        assert refused.returncode not in (0, 70)
        assert refused.stderr


# Configuration


@pytest.mark.parametrize("config, place, says", [
    ('[http]\nlistn = "127.0.0.1:0"\n', ":2:1", ["listn", "http.listen"]),
    ('[log]\n\nlevel = 7\n', ":3:9", ["log.level", "debug"]),
    ("[supervision]\nhang_after_ms = -5\n", ":2:17", ["hang_after_ms", "100"]),
    ("[orchestrator\n", ":1:", []),
    ('[[providers]]\nname = "x"\ntype = "no_such"\n'
     'base_url = "http://127.0.0.1:1"\n', ":3:8", ["ollama"]),
    ('[[providers]]\nname = "x"\ntype = "ollama"\nbase_url = "ftp://x"\n',
     ":4:12", ["http"]),
    ('[http]\nlisten = "0.0.0.0:8000"\n', ":2:10", ["loopback"]),
])
def test_a_wrong_file_stops_the_start_and_says_where(tmp_path, config, place,
                                                     says):
    refused = serve(tmp_path, config=config)
    assert refused.returncode == 78, refused
    assert f"wrong.toml{place}" in refused.stderr, refused.stderr
    for text in says:
        assert text in refused.stderr, refused.stderr
    assert refused.stdout == ""
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("assignment, says", [
    ("log.levl=debug", "log.level"), ("log.level=loud", "debug"),
    ("nonsense", "="), ("supervision.max_leaked=many", "max_leaked"),
])
def test_a_wrong_set_option_stops_the_start(tmp_path, assignment, says):
    refused = serve(tmp_path, "--set", assignment)
    assert refused.returncode == 78, refused
    assert says in refused.stderr


def test_each_setting_says_where_it_came_from(make_daemon):
    daemon = make_daemon(settings={"runtime.workers": 2},
                         config="[http]\nmax_in_flight = 99\n").start()
    assert setting(daemon, "runtime.workers") == {
        "value": 2, "origin": "set", "reloadable": False, "source": "--set"}
    in_file = setting(daemon, "http.max_in_flight")
    assert (in_file["value"], in_file["origin"]) == (99, "file")
    assert in_file["source"].endswith("closedpaw.toml:2")
    assert setting(daemon, "log.level")["origin"] == "default"


def test_sighup_takes_all_of_it_or_nothing(daemon):
    assert "reload done" in reload(daemon, '[log]\nlevel = "debug"')
    assert setting(daemon, "log.level")["value"] == "debug"
    # A live setting together with one that needs a restart.
    text = daemon.config_path.read_text()
    refused = reload(daemon, "[http]\nmax_in_flight = 7\nchat_timeout_ms = 7000")
    assert "http.max_in_flight" in refused
    assert setting(daemon, "http.max_in_flight")["value"] == 1024
    assert setting(daemon, "http.chat_timeout_ms")["value"] == 120_000
    daemon.config_path.write_text(text)
    refused = reload(daemon, "this is no TOML")
    assert "closedpaw.toml:1" in refused
    assert setting(daemon, "log.level")["value"] == "debug"
    assert ask(daemon, "GET", "/api/status")["status"] == "running"


# Signals


def test_sigterm_lets_a_chat_end(daemon, model_server):
    model_server.control(delay_ms=700)
    with daemon.client() as client:
        client.send("POST", "/api/chat", {"message": "Quickly!"})
        eventually(
            lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
            "the chat executes")
        daemon.process.terminate()
        reply = client.receive()
        assert reply.status == 200, reply
        assert daemon.wait() == 0
    told = daemon.log()
    assert "stopped in order" in told
    ended_at = [told.index(f"{path} is stopped") for path in (
        "root/gateway", "root/orchestrator", "root/storage/audit_logger")
        if f"{path} is stopped" in told]
    assert ended_at == sorted(ended_at)
    daemon.start()
    row = ask(daemon, "GET", f"/api/actions/{reply.json['action_id']}")
    assert row["status"] == "completed"
    assert "unclean" not in daemon.log()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(daemon, model_server, second):
    model_server.control(mode="stall_header", path="/api/chat")
    with daemon.client() as client:
        client.send("POST", "/api/chat", {"message": "Hello?"})
        eventually(
            lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
            "the chat executes")
        daemon.process.send_signal(signal.SIGINT)
        eventually(lambda: "a second signal ends" in daemon.log(), "it stops")
        daemon.process.send_signal(second)
        assert daemon.wait() == 70
    assert "second signal came" in daemon.log()


def test_a_stop_has_a_deadline(make_daemon, model_server):
    daemon = make_daemon(settings={"supervision.shutdown_deadline_ms": 400})
    daemon.start().wait_for_model_server()
    model_server.control(mode="stall_header", path="/api/chat")
    with daemon.client() as client:
        client.send("POST", "/api/chat", {"message": "Hello?"})
        eventually(
            lambda: ask(daemon, "GET", "/api/status")["executing_actions"],
            "the chat executes")
        assert daemon.terminate() == 0
        reply = client.receive()
        assert (reply.status, reply.json["outcome"]) == (503, "unknown"), reply
    daemon.start()
    row = ended(daemon, ask(daemon, "GET", "/api/actions")[0]["id"])
    assert row["error_code"] == "interrupted"


def test_an_unclean_end_is_audited_by_the_shortest_run(daemon):
    daemon.kill9()
    daemon.start()
    assert daemon.terminate() == 0
    daemon.start()
    told = ask(daemon, "GET", "/api/audit-logs?status=unclean_exit")
    assert [e["details"]["unclean_exits_in_5_min"] for e in told] == [1]


def test_a_start_that_failed_is_no_unclean_end(make_daemon):
    daemon = make_daemon()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for _ in range(3):
            refused = run("serve", "--config", daemon.config_path, "--data-dir",
                          daemon.data_dir, "--listen",
                          f"127.0.0.1:{taken.getsockname()[1]}")
            assert refused.returncode == 1, refused
    daemon.start()
    assert ask(daemon, "GET", "/api/audit-logs?status=unclean_exit") == []
    assert ask(daemon, "GET", "/api/status")["notices"] == []


# What it refuses to share


def test_a_second_daemon_is_refused(daemon, tmp_path):
    pid = daemon.process.pid
    second = run("serve", "--config", daemon.config_path, "--data-dir",
                 daemon.data_dir, "--listen", "127.0.0.1:0")
    assert second.returncode == 1, second
    assert f"in use by process {pid}" in second.stderr
    third = serve(tmp_path, "--listen", f"127.0.0.1:{daemon.port}")
    assert third.returncode != 0
    assert ask(daemon, "GET", "/api/status")["status"] == "running"


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("serve", "--data-dir", tmp_path / "data", "--listen",
                      f"127.0.0.1:{port}")
    assert refused.returncode == 1, refused
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--listen" in refused.stderr


def test_the_data_directory_is_private(daemon, tmp_path):
    def mode(path):
        return stat.S_IMODE(os.stat(path).st_mode)
    assert mode(daemon.data_dir) == 0o700
    for path in daemon.data_dir.iterdir():
        assert mode(path) == 0o600, path
    assert daemon.terminate() == 0
    daemon.data_dir.chmod(0o755)
    refused = run("serve", "--config", daemon.config_path, "--data-dir",
                  daemon.data_dir, "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "chmod 700" in refused.stderr
    daemon.data_dir.chmod(0o700)
    link = tmp_path / "link"
    link.symlink_to(daemon.data_dir)
    refused = run("serve", "--config", daemon.config_path, "--data-dir", link,
                  "--listen", "127.0.0.1:0")
    assert refused.returncode == 1
    assert "symbolic link" in refused.stderr


# Backups


def test_backup_and_restore(daemon, tmp_path):
    kept = submit(daemon, "config_change", key="log.level", value="debug")
    copy = tmp_path / "copy"
    places = ["--config", daemon.config_path, "--data-dir", daemon.data_dir]
    done = run("backup", *places, copy)
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stdout
    assert run("backup", *places, copy).returncode != 0, "it exists already"
    assert run("audit", "verify", copy).returncode == 0

    later = submit(daemon, "model_switch", model=MODEL)
    ended(daemon, later)
    size = len(ask(daemon, "GET", "/api/audit-logs?limit=1000"))
    refused = run("restore", *places, copy)
    assert refused.returncode != 0
    assert f"process {daemon.process.pid}" in refused.stderr

    assert daemon.terminate() == 0
    restored = run("restore", *places, copy)
    assert restored.returncode == 0, restored.stderr
    daemon.verify()
    daemon.start()
    assert pending_ids(daemon) == {kept}
    ask(daemon, "GET", f"/api/actions/{later}", status=404)
    event = ask(daemon, "GET", "/api/audit-logs?status=restored")[0]
    assert event["action_type"] == "storage"
    assert event["details"]["from"]["size"] == size
    assert event["details"]["to"]["size"] < size
    assert len(event["details"]["from"]["root"]) == 64
    assert event["user"].startswith("uid:")


def test_a_damaged_backup_is_not_restored(daemon, tmp_path):
    submit(daemon, "model_switch", model=MODEL)
    copy = tmp_path / "copy"
    assert run("backup", "--data-dir", daemon.data_dir, copy).returncode == 0
    assert daemon.terminate() == 0
    data = bytearray((copy / "data.mdb").read_bytes())
    at = data.find(b"model_switch")
    assert at > 0
    data[at:at + 5] = b"MODEL"
    (copy / "data.mdb").write_bytes(data)
    assert run("audit", "verify", copy).returncode != 0
    refused = run("restore", "--data-dir", daemon.data_dir, copy)
    assert refused.returncode != 0
    daemon.verify()


# Starts that follow a crash


def test_three_unclean_exits_make_a_safe_start(make_daemon):
    daemon = make_daemon().start()
    told = "/api/audit-logs?status=unclean_exit"
    for exits in (1, 2, 3):
        daemon.restart()
        notices = ask(daemon, "GET", "/api/status")["notices"]
        assert bool(notices) == (exits == 3), (exits, notices)
        eventually(lambda: len(ask(daemon, "GET", told)) == exits, "audited")
    assert "safe mode: 3 unclean exits" in notices[0]
    daemon.wait_for_model_server()
    eventually(lambda: notices[0] in ask(
        daemon, "GET", "/api/status")["degraded_because"], "it is a cause")
    assert [e["details"]["unclean_exits_in_5_min"]
            for e in ask(daemon, "GET", told)] == [3, 2, 1]


# Logs


def test_every_log_line_is_json_and_levels_are_per_component(make_daemon):
    daemon = make_daemon(settings={
        "log.format": "json", "log.level": "warn", "log.levels.http": "debug"})
    daemon.start()
    hostile = '"},{"level":"x\x1b[31m'
    daemon.get("/api/skills", **{"X-Request-Id": "seen-1"})
    ask(daemon, "POST", "/api/actions",
        {"action_type": "model_switch", "parameters": {"model": hostile}})
    daemon.terminate()
    lines = [json.loads(line) for line in daemon.log(None).splitlines()]
    assert {"time", "level", "component", "message"} <= set(lines[0])
    assert {line["component"] for line in lines
            if line["level"] in ("debug", "info")} == {"http"}
    assert [line for line in lines if line.get("request_id") == "seen-1"]


def test_a_human_log_has_no_control_characters(make_daemon):
    daemon = make_daemon(settings={"log.format": "human"}).start()
    change_setting(daemon, "log.level", "debug")
    ask(daemon, "POST", "/api/chat", {"message": "\x1b[2J", "model": "\x1b[31m"},
        status=404)
    daemon.get("/api/%1b%5b31m")
    told = daemon.log(None)
    assert " is running" in told
    assert "\x1b" not in told
