"""The benchmark driver, `./dev bench`.

Every figure stands beside its floor, measured in the same run and in turns:
bare Beast answering the same bytes, CAF's bare request and response. Prints a
table of medians and ratios, and writes all of it as JSON.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
for folder in ("integration", "fixtures"):
    sys.path.insert(0, str(ROOT / "tests" / folder))

MODEL = "llama3.2:3b"
ACTION = json.dumps(
    {"action_type": "model_switch", "parameters": {"model": MODEL}})
# Goals of the issue that built this: at least so much of the floor, or at most
# so many units.
GOALS = {
    "GET /api/status": 0.7,
    "POST /api/actions, sync, 64 connections": 0.25,
    "POST /api/actions, async, 64 connections": 0.4,
    "actions in process, 256 at once": 0.2,
    "chat, added p50, async": 150.0,
    "chat, added p99, async": 1000.0,
    "idle RssAnon": 16.0,
    "start to first answer": 50.0,
}


class Bench:
    def __init__(self, options):
        import daemon  # After CLOSEDPAW_BIN is set.
        import model_server

        self.options = options
        self.make_daemon = daemon.Daemon
        self.make_client = daemon.Client
        self.models = model_server.ModelServer()
        self.tools = options.build / "benchmarks"
        self.folder = None
        self.count = 0

    def daemon(self, durability="sync"):
        self.count += 1
        made = self.make_daemon(
            self.folder / f"daemon{self.count}",
            providers=[("ollama", self.models.url, MODEL)],
            settings={"audit.durability": durability, "log.level": "warn"})
        return made.start().wait_for_model_server()

    def repeat(self, ours, floor):
        """Both in turns, so that what the machine does meanwhile hits both."""
        pairs = [(floor(), ours()) for _ in range(self.options.repetitions)]
        floors, figures = zip(*pairs)
        return {
            "ours": statistics.median(x["per_second"] for x in figures),
            "floor": statistics.median(x["per_second"] for x in floors),
            "ratio": statistics.median(
                o["per_second"] / f["per_second"] for f, o in pairs),
            "unit": "1/s", "runs": {"ours": figures, "floor": floors},
        }

    def http(self, path, body=None, durability="sync", connections=32):
        from load import answer_bytes, bare_beast, wrk

        daemon = self.daemon(durability)
        try:
            with daemon.client() as client:
                answer = answer_bytes(
                    client, "GET" if body is None else "POST", path,
                    None if body is None else json.loads(body))
            with bare_beast(self.tools / "bare_beast", answer,
                            self.folder) as port:
                def load(on):
                    return wrk(on, path, self.options.seconds, self.folder, body,
                               connections)
                return self.repeat(lambda: load(daemon.port), lambda: load(port))
        finally:
            daemon.stop()

    def in_process(self, window):
        """Async audit, and as many in flight for CAF's own."""
        from load import tool

        common = [f"--seconds={self.options.seconds}", f"--window={window}"]
        return self.repeat(
            lambda: tool([self.options.build / "closedpaw-bench", "actions",
                          "--durability=async", *common]),
            lambda: tool([self.tools / "caf_floor", *common]))

    @contextlib.contextmanager
    def proxy(self, durability):
        """The ports of an upstream that answers at once and of a daemon before
        it, and the body that each is sent."""
        from load import answer_bytes, bare_beast

        direct = {"model": MODEL, "stream": False,
                  "messages": [{"role": "user", "content": "hi"}]}
        with self.make_client(self.models.port) as client:
            answer = answer_bytes(client, "POST", "/api/chat", direct)
        with bare_beast(self.tools / "bare_beast", answer, self.folder) as port:
            self.count += 1
            daemon = self.make_daemon(
                self.folder / f"daemon{self.count}",
                providers=[("ollama", f"http://127.0.0.1:{port}", MODEL)],
                settings={"audit.durability": durability, "log.level": "warn",
                          "provider_defaults.max_concurrent": 256})
            daemon.start()
            try:
                yield (port, direct), (daemon.port,
                                       {"message": "hi", "model": MODEL})
            finally:
                daemon.stop()

    def proxied_chat(self, durability, quantile):
        """What we add to a chat, against asking the upstream directly, 1,000
        times a second each; the floor is what a proxy adds that only passes
        on what it reads."""
        from load import listening, open_loop

        runs = []
        with (self.proxy(durability) as (direct, ours),
              listening(self.tools / "bare_proxy", str(direct[0])) as bare):
            for _ in range(self.options.repetitions):
                straight, passed_on, chat = (open_loop(
                    self.tools / "open_loop", port, "/api/chat", body, 1000,
                    self.options.seconds)
                    for port, body in (direct, (bare, direct[1]), ours))
                runs.append({
                    "direct": straight, "proxy": passed_on, "ours": chat,
                    "added": chat[quantile] - straight[quantile],
                    "floor": passed_on[quantile] - straight[quantile]})
        added = statistics.median(x["added"] for x in runs)
        floor = statistics.median(x["floor"] for x in runs)
        return {"ours": added, "floor": floor, "ratio": added / floor,
                "unit": "us", "runs": runs}

    def chats_held(self, durability):
        """As many as 64 clients get that ask again at once."""
        from load import wrk

        def load(target):
            return lambda: wrk(target[0], "/api/chat", self.options.seconds,
                               self.folder, json.dumps(target[1]), 64)
        with self.proxy(durability) as (direct, ours):
            return self.repeat(load(ours), load(direct))

    def idle_memory(self):
        def one():
            daemon = self.daemon()
            try:
                daemon.get("/api/actions/pending")
                status = pathlib.Path(
                    f"/proc/{daemon.process.pid}/status").read_text()
                line = next(x for x in status.splitlines()
                            if x.startswith("RssAnon:"))
                return int(line.split()[1]) / 1024
            finally:
                daemon.stop()
        return self.absolute(one, "MiB")

    def start_time(self):
        daemon = self.make_daemon(
            self.folder / "start", providers=[("ollama", self.models.url, MODEL)])

        def one():
            begin = time.perf_counter()
            daemon.start()
            status = daemon.get("/api/status").status
            elapsed = time.perf_counter() - begin
            daemon.terminate()
            if status != 200:
                raise RuntimeError(f"/api/status answered {status}")
            return elapsed * 1000
        return self.absolute(one, "ms")

    def absolute(self, one, unit):
        runs = [one() for _ in range(self.options.repetitions)]
        return {"ours": statistics.median(runs), "unit": unit, "runs": runs}

    def scenarios(self):
        return {
            "GET /api/status": lambda: self.http("/api/status"),
            "POST /api/actions, sync":
                lambda: self.http("/api/actions", ACTION, "sync"),
            "POST /api/actions, sync, 64 connections":
                lambda: self.http("/api/actions", ACTION, "sync", 64),
            "POST /api/actions, async":
                lambda: self.http("/api/actions", ACTION, "async"),
            "POST /api/actions, async, 64 connections":
                lambda: self.http("/api/actions", ACTION, "async", 64),
            "actions in process, 32 at once": lambda: self.in_process(32),
            "actions in process, 256 at once": lambda: self.in_process(256),
            "chats, async, 64 connections": lambda: self.chats_held("async"),
            "chats, sync, 64 connections": lambda: self.chats_held("sync"),
            "chat, added p50, async":
                lambda: self.proxied_chat("async", "p50_us"),
            "chat, added p99, async":
                lambda: self.proxied_chat("async", "p99_us"),
            "chat, added p50, sync":
                lambda: self.proxied_chat("sync", "p50_us"),
            "idle RssAnon": self.idle_memory,
            "start to first answer": self.start_time,
        }

    def run(self):
        results = {}
        # On the disk of the build, since /tmp may be memory.
        with tempfile.TemporaryDirectory(dir=self.options.build) as folder:
            self.folder = pathlib.Path(folder)
            self.models.start()
            try:
                for name, scenario in self.scenarios().items():
                    if self.options.only.lower() in name.lower():
                        print(f"… {name}", file=sys.stderr, flush=True)
                        results[name] = scenario()
            finally:
                self.models.stop()
        return results


def output_of(*command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True,
                          check=False)
    return done.stdout.strip()


def surroundings(build):
    cpu = next((line.split(":", 1)[1].strip()
                for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.machine())
    cache = (build / "CMakeCache.txt").read_text().splitlines()
    values = dict(line.split("=", 1) for line in cache
                  if "=" in line and not line.startswith(("#", "//")))
    return {
        "machine": {
            "cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(),
            "filesystem": output_of("stat", "-f", "-c", "%T", str(build))},
        "build": {
            "type": values.get("CMAKE_BUILD_TYPE:STRING", ""),
            "compiler": output_of("g++", "-dumpfullversion"),
            "commit": output_of("git", "describe", "--always", "--dirty")},
    }


def print_table(results):
    print(f"{'':41}{'ours':>12}{'floor':>12}{'ratio':>8}{'goal':>10}")
    for name, each in results.items():
        goal = GOALS.get(name)
        ratio = each.get("ratio")
        # Rates have goals of their ratio, all else of itself.
        more = each["unit"] == "1/s"
        met = goal is None or (
            ratio >= goal if more else each["ours"] <= goal)
        wanted = "" if goal is None else f"{'>=' if more else '<='} {goal}"
        floor = f"{each['floor']:12,.1f}{ratio:8.2f}" if ratio else " " * 20
        print(f"{name:41}{each['ours']:12,.1f}{floor}{wanted:>10} "
              f"{each['unit']:4}{'' if met else ' MISSED'}")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--build", type=pathlib.Path,
                        default=ROOT / "build/release", help=argparse.SUPPRESS)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3,
                        help="how long each run of a load takes")
    parser.add_argument("--only", default="", metavar="TEXT",
                        help="scenarios whose name contains it")
    parser.add_argument("--output", type=pathlib.Path,
                        help="JSON file (build/release/bench.json)")
    options = parser.parse_args()
    options.build = options.build.resolve()
    os.environ.setdefault("CLOSEDPAW_BIN", str(options.build / "closedpaw"))
    results = Bench(options).run()
    if not results:
        parser.error(f"no scenario has {options.only!r} in its name")
    report = {**surroundings(options.build), "goals": GOALS, "results": results}
    output = options.output or options.build / "bench.json"
    output.write_text(json.dumps(report, indent=2) + "\n")
    machine = report["machine"]
    print(f"{machine['cpu']}, {machine['cores']} cores, "
          f"{machine['filesystem']}; {report['build']['type']}; "
          f"medians of {options.repetitions}")
    print_table(results)
    print(f"written: {output}")


if __name__ == "__main__":
    main()
