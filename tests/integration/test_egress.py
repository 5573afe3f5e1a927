"""Agents with a network reach what is allowed, and nothing else."""

import http.server
import socket
import threading

import pytest

from asking import ask, events_of
from conftest import HANGS_SOON
from daemon import eventually
from sandboxes import (agent_of, create, end_of, execute, go, isolation, run_python,
                       stop, write_skill)

# What a program within does that knows nothing of us: by the environment.
THROUGH = """
import http.client, os, sys, urllib.parse
proxy = urllib.parse.urlsplit(os.environ["HTTPS_PROXY"])
c = http.client.HTTPConnection(proxy.hostname, proxy.port)
c.set_tunnel("%s", %d)
try:
    c.request("%s", "/x", body="x" * %d or None)
    print(c.getresponse().read().decode())
except OSError as e:
    print(e, c.sock)
"""


class Outside(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"from the outside")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(len(body)).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def outside():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Outside) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def networked(make_daemon, outside):
    """Its own port is allowed, too, as far as the configuration goes."""
    port = free_port()

    def start(runtime="bubblewrap"):
        daemon = make_daemon(settings={
            **HANGS_SOON,
            "sandbox.runtimes": f'["{runtime}"]',
            "sandbox.network_allow":
                f'["127.0.0.1:{outside}", "127.0.0.1:{port}", "*.test:443"]'})
        daemon.start(port=port)
        found = eventually(lambda: isolation(daemon)["runtimes"],
                           "isolation is tried", 30)[0]
        if not found["works"]:
            pytest.skip(f"{runtime} does not work here: {found['why_not']}")
        ask(daemon, "POST", "/api/skills/shell/enable")
        return daemon
    return start


def through(daemon, agent, host, port, method="GET", size=0):
    done = run_python(daemon, agent, THROUGH % (host, port, method, size))
    return done["stdout"] + done["stderr"]


def told(daemon, agent, status):
    return [e["details"] for e in ask(
                daemon, "GET",
                f"/api/audit-logs?action_type=agent&status={status}")
            if e["details"]["agent_id"] == agent["id"]]


@pytest.mark.parametrize("runtime", ["bubblewrap", "oci", "gvisor"])
def test_what_is_allowed_is_reached_and_nothing_else(networked, outside, runtime):
    daemon = networked(runtime)
    agent = create(daemon, network=True)
    assert through(daemon, agent, "127.0.0.1", outside) == "from the outside\n"
    assert through(daemon, agent, "127.0.0.1", outside, "POST", 200_000) \
        == "200000\n"
    assert "403" in through(daemon, agent, "127.0.0.1", free_port())
    # Whatever the configuration says.
    assert "403" in through(daemon, agent, "127.0.0.1", daemon.port)
    for port in (outside, daemon.port):
        done = execute(daemon, agent,
                       ["bash", "-c", f"echo > /dev/tcp/127.0.0.1/{port}"])
        assert done["exit_code"] != 0, done
    usage = execute(daemon, agent, "true")["usage"]
    assert (usage["connections"], usage["connections_refused"]) == (2, 2)
    assert usage["sent_bytes"] > 200_000 and usage["received_bytes"] > 0
    refused = eventually(
        lambda: told(daemon, agent, "connection_refused")[1:] and
        told(daemon, agent, "connection_refused"), "refusals are audited")
    assert [x["to"] for x in told(daemon, agent, "connected")] == \
        2 * [f"127.0.0.1:{outside}"]
    # The newest first.
    assert refused[0]["to"] == f"127.0.0.1:{daemon.port}"
    assert "daemon" in refused[0]["why"], refused
    assert "network_allow" in refused[1]["why"], refused
    stop(daemon, agent)
    assert end_of(daemon, agent)["usage"]["connections"] == 2
    assert not list((daemon.data_dir / "agents").glob("*.egress"))


def test_an_agent_without_one_has_no_way(networked, outside):
    daemon = networked()
    agent = create(daemon)
    assert "HTTPS_PROXY" in through(daemon, agent, "127.0.0.1", outside)
    done = execute(daemon, agent, "ls /egress")
    assert done["exit_code"] != 0, done


def test_a_skill_gets_it_by_its_manifest(networked, outside):
    daemon = networked()
    write_skill(daemon, "#!/usr/bin/python3\nimport json\n"
                + THROUGH.replace("print(", "print(json.dumps({'ok': True,"
                                  "'result': ", 1).replace(
                    ".decode())", ".decode()}))", 1)
                % ("127.0.0.1", outside, "GET", 0),
                limits={"network": True})
    row = go(daemon)
    assert row["status"] == "completed", row
    assert row["result"]["result"] == "from the outside"
    assert row["result"]["sandbox"]["usage"]["connections"] == 1
    [event] = eventually(
        lambda: ask(daemon, "GET", "/api/audit-logs?status=connected"),
        "it is audited")
    assert event["details"]["action_id"] == row["id"]
    assert events_of(daemon, row["id"])[-1]["status"] == "completed"


def test_what_is_no_connect_or_leads_nowhere_says_so(networked, outside):
    daemon = networked()
    agent = create(daemon, network=True)
    done = run_python(
        daemon, agent, "import socket\n"
        "for head in ('GET http://127.0.0.1/ HTTP/1.1\\r\\n\\r\\n',"
        " 'CONNECT 127.0.0.1 HTTP/1.1\\r\\n\\r\\n',"
        " 'CONNECT gone.test:443 HTTP/1.1\\r\\n\\r\\n'):\n"
        "  s = socket.create_connection(('127.0.0.1', 3128))\n"
        "  s.sendall(head.encode())\n"
        "  print(s.makefile().read().replace('\\r', ''))\n")
    plain, bad, gone = done["stdout"].split("HTTP/1.1 ")[1:]
    assert plain.startswith("405 ") and "use https" in plain, plain
    assert bad.startswith("405 ") and "CONNECT host:port" in bad, bad
    assert gone.startswith("502 ") and "gone.test" in gone, gone
    # Garbage is no harm.
    run_python(daemon, agent, "import socket\n"
               "s = socket.create_connection(('127.0.0.1', 3128))\n"
               "s.sendall(b'\\0' * 10000)\n"
               "print(s.recv(1000))")
    assert through(daemon, agent, "127.0.0.1", outside) == "from the outside\n"


def test_a_name_that_leads_here_is_refused(networked):
    """The resolver says so of every name below localhost."""
    daemon = networked()
    daemon.terminate()
    daemon.settings["sandbox.network_allow"] = '["*.localhost:443"]'
    daemon.start()
    eventually(lambda: isolation(daemon)["chosen"], "isolation is tried")
    agent = create(daemon, network=True)
    assert "403" in through(daemon, agent, "a.localhost", 443)
    [event] = eventually(lambda: told(daemon, agent, "connection_refused"),
                         "it is audited")
    assert "its name leads to this machine" in event["why"]


def test_many_connections_are_bounded(networked, outside):
    daemon = networked()
    agent = create(daemon, network=True, processes=64)
    done = run_python(
        daemon, agent, "import socket\n"
        "ends = 0\nall = []\n"
        "for n in range(40):\n"
        "  s = socket.create_connection(('127.0.0.1', 3128))\n"
        f"  s.sendall(b'CONNECT 127.0.0.1:{outside} HTTP/1.1\\r\\n\\r\\n')\n"
        "  ends += s.recv(100).startswith(b'HTTP/1.1 503 ')\n"
        "  all.append(s)\n"
        "print(ends)")
    assert done["stdout"] == "8\n", done
    # They are free again.
    eventually(lambda: "outside" in through(daemon, agent, "127.0.0.1", outside),
               "one more connects")
    assert agent_of(daemon, agent)["state"] == "running"


def test_one_whose_actor_hangs_loses_its_way(networked, outside):
    daemon = networked()
    agent = create(daemon, network=True)
    ask(daemon, "POST", "/api/supervision/fault",
        {"path": f"root/agents/sandbox-{agent['id']}", "kind": "hang"}, 202)
    assert end_of(daemon, agent)["cause"] == "abandoned"
    assert not list((daemon.data_dir / "agents").glob("*.egress"))
