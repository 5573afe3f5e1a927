"""A running system into which faults are injected, and what tells of them."""

import contextlib
import ctypes
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time

import channel_help
import telegram_server
from alert_help import QUICK, RECEIVER, alerts_of, fires, metrics, sum_of
from asking import ask, node
from daemon import BINARY, eventually
from power_loss import LIBRARY, Disk, preloaded
from rsyslog import Rsyslog
from telegram_server import TelegramServer
from vendor_server import KEY, MODELS, VendorServer

CLOCK = os.environ.get("CLOSEDPAW_CLOCK_JUMP", "")
# Of the steps that a fault is told in.
SIGNALS = ("status", "tree", "metric", "alert", "event")


class World:
    """The daemon, its neighbours, and the hands on them."""

    def __init__(self, make_daemon, hook, model_server, tmp_path):
        self.make_daemon = make_daemon
        self.hook = hook
        self.model_server = model_server
        self.tmp_path = tmp_path
        self.daemon = None
        self.stack = contextlib.ExitStack()
        self.env = {}
        self.config = RECEIVER.format(url=hook.url)
        # Providers are probed, channels polled, and actors hang, as shipped.
        self.settings = {k: v for k, v in QUICK.items()
                         if not k.startswith("provider_defaults")}
        self.settings["supervision.hang_after_ms"] = "5000"

    def start(self):
        self.daemon = self.make_daemon(
            settings=self.settings, config=self.config, env=self.env)
        self.daemon.start().wait_for_model_server()

    def wait_until_quiet(self):
        eventually(
            lambda: not ask(self.daemon, "GET", "/api/status")["degraded_because"]
            and not ask(self.daemon, "GET", "/api/alerts")["alerts"],
            "nothing is wrong at first")

    # -- neighbours --------------------------------------------------------------

    def with_telegram(self):
        self.telegram = self.stack.enter_context(TelegramServer())
        self.config += (f'[[channels]]\nname = "tg"\ntype = "telegram"\n'
                        f'base_url = "{self.telegram.url}"\n'
                        f'allowed_users = ["42"]\n')

    def connect_telegram(self):
        channel_help.give_token(self.daemon, "telegram", "tg",
                                token=telegram_server.TOKEN)
        channel_help.wait_for(self.daemon, "tg", "connected")

    def with_cloud(self):
        """A provider that needs a key."""
        self.cloud = self.stack.enter_context(VendorServer())
        self.config += ('[[providers]]\nname = "cloud"\ntype = "openai"\n'
                        f'base_url = "{self.cloud.base_url("openai")}"\n'
                        f'default_model = "{MODELS[0]}"\n')

    def give_keys(self):
        ask(self.daemon, "POST", "/api/vault/secrets",
            {"name": "providers/cloud/api_key", "value": KEY})
        self.connect_telegram()

    def with_rsyslog(self):
        self.rsyslog = Rsyslog(self.tmp_path / "rsyslog").start()
        self.stack.callback(self.rsyslog.stop)
        self.config += ('[[shippers]]\nname = "out"\ntype = "syslog"\n'
                        f'url = "tcp://127.0.0.1:{self.rsyslog.tcp}"\n')

    def with_disk(self):
        self.disk = Disk(self.tmp_path / "disk")
        self.env.update(self.disk.env)

    def with_clock(self):
        self.clock = self.tmp_path / "clock"
        self.clock.write_bytes(struct.pack("q", 0))
        self.env.update(preloaded(CLOCK))
        self.env["CLOCK_OFFSET_FILE"] = str(self.clock)

    def jump(self, seconds):
        with open(self.clock, "r+b") as file:
            file.write(struct.pack("q", seconds))

    def with_rules(self, **thresholds):
        """The shipped rules with other thresholds: nobody waits ten minutes."""
        rules = ""
        for name in ("alert", "operation", "security", "objective"):
            path = os.path.join(os.path.dirname(__file__), "..", "..", "config",
                                f"{name}_rules.toml")
            with open(path, encoding="utf-8") as file:
                rules += file.read()
        for rule, value in thresholds.items():
            rules, n = re.subn(rf'(name = "{rule}"(?:\n.+)*?\nthreshold = )\S+',
                               rf"\g<1>{value}", rules)
            assert n == 1, rule
        path = self.tmp_path / "rules.toml"
        path.write_text(rules)
        self.settings["alerts.rules_file"] = str(path)

    def limit_descriptors(self, more):
        """So many more than it has open now, and no others."""
        pid = self.daemon.process.pid
        wanted = len(os.listdir(f"/proc/{pid}/fd")) + more
        libc = ctypes.CDLL(None, use_errno=True)
        limit = struct.pack("QQ", wanted, 4096)
        assert libc.prlimit(pid, 7, limit, None) == 0, ctypes.get_errno()

    def take_descriptors(self):
        self.limit_descriptors(12)
        self.sockets = []
        for _ in range(40):
            s = socket.socket()
            s.settimeout(1)
            if s.connect_ex(("127.0.0.1", self.daemon.port)) == 0:
                self.sockets.append(s)

    def give_descriptors_back(self):
        self.limit_descriptors(500)
        for s in self.sockets:
            s.close()

    def ask_as_nobody(self):
        subprocess.run(
            [sys.executable, "-c",
             "import socket,sys\n"
             "for _ in range(3):\n"
             " s=socket.create_connection(('127.0.0.1',int(sys.argv[1])))\n"
             " s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')\n"
             " s.settimeout(5)\n"
             " try: s.recv(100)\n"
             " except OSError: pass\n", str(self.daemon.port)],
            user=65534, group=65534, extra_groups=[], cwd="/", check=True)

    def fault(self, path, kind):
        ask(self.daemon, "POST", "/api/supervision/fault",
            {"path": path, "kind": kind}, status=202)

    def wait_for_restarts(self, path, times):
        eventually(lambda: (lambda n: n["restarts"] >= times
                            and n["state"] == "running")(node(self.daemon, path)),
                   f"{path} was restarted {times} times")

    def deliver_twice(self):
        for i in range(6):
            self.telegram.write(f"message {i}")
        eventually(lambda: len(self.telegram.sent()) == 6, "all are answered")
        self.telegram.control(redeliver=True)

    def wait_for_those_who_need_the_vault(self):
        """For longer than a provider or a channel may be out."""
        fires(self.daemon, "ProviderDown", provider="cloud")
        fires(self.daemon, "ChannelDown", channel="tg")

    def wait_for_anchor_trouble(self):
        eventually(lambda: "anchored" in self.first_lines(),
                   "the anchor's trouble is seen")

    def looks(self):
        """How often the rules were evaluated, or something like it."""
        return node(self.daemon, "root/monitoring/alert_watch")["messages"]

    # -- what tells ------------------------------------------------------------

    def first_lines(self):
        done = subprocess.run(
            [BINARY, "status", "--url", f"http://127.0.0.1:{self.daemon.port}"],
            capture_output=True, text=True, check=False, timeout=20)
        return "\n".join(done.stdout.splitlines()[:20])

    def told(self):
        """Every notification so far: rule and state."""
        return [(a["rule"], a["state"]) for body in self.hook.taken()
                for a in body["alerts"]]

    def look(self, signal, fault):
        """Whether that signal tells of it; its words, for the record."""
        if signal == "status":
            return re.search(fault.status, self.first_lines())
        if signal == "tree":
            path, wanted = fault.tree
            return re.search(wanted, json.dumps(node(self.daemon, path)))
        if signal == "metric":
            name, labels, holds = fault.metric
            return holds(sum_of(metrics(self.daemon), name, **labels))
        if signal == "alert":
            return [a for a in alerts_of(self.daemon, fault.alert)
                    if re.search(fault.cause, f"{a['cause']} {a['summary']}")]
        return [e for e in ask(self.daemon, "GET", fault.event) or []
                if re.search(fault.event_says, json.dumps(e["details"]))]


def measure(world, fault):
    """Injects it; how long each signal took, in seconds."""
    begun = time.monotonic()
    fault.inject(world)
    open_ones = [s for s in SIGNALS if getattr(fault, s)]
    times = {}

    def all_tell():
        for signal in list(open_ones):
            try:
                seen = world.look(signal, fault)
            except (OSError, AssertionError):
                # Of a daemon that is being restarted.
                continue
            if seen:
                times[signal] = time.monotonic() - begun
                open_ones.remove(signal)
        return not open_ones

    # Generous: whether it was quick is in the table, and noise is no failure.
    try:
        eventually(all_tell, "every signal tells of it", deadline=60)
    except AssertionError:
        raise AssertionError(f"{open_ones} did not tell of {fault.name}:\n"
                             f"{world.first_lines()}") from None
    return times


__all__ = ["CLOCK", "LIBRARY", "World", "measure"]
