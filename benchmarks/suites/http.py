"""Requests over HTTP beside bare Beast, which answers the same bytes, and
actions also beside a program that does only what cannot be left out."""

import contextlib
import json
import statistics

from bench import ACTION
from figures import Curve, Figure, in_turns
from load import answer_bytes, bare_beast, listening, open_loop, wrk

STATUS = "/api/status"
ACTIONS = "/api/actions"


@contextlib.contextmanager
def beside_beast(bench, path, body, durability):
    with bench.daemon(durability) as daemon, daemon.client() as client:
        answer = answer_bytes(client, "GET" if body is None else "POST", path,
                              body)
        with bare_beast(bench.tools / "bare_beast", answer,
                        bench.folder) as port:
            yield daemon.port, port


@contextlib.contextmanager
def beside_floor_program(bench, path, body, durability):
    store = bench.store_with_actions()
    with bench.daemon(durability) as daemon, daemon.client() as client:
        answer = bench.folder / "answer.http"
        answer.write_bytes(answer_bytes(client, "POST", path, body))
        command = [answer, store, bench.empty_folder()]
        if durability == "sync":
            command.append("--sync")
        with listening(bench.tools / "action_floor", *command) as port:
            yield daemon.port, port


def loader(bench, path, body, connections):
    text = None if body is None else json.dumps(body)

    def load(port):
        return wrk(port, path, bench.seconds, bench.folder, text,
                   connections)["per_second"]
    return load


def closed_loop(path, body, durability, connections, goal,
                beside=beside_beast):
    def measure(bench):
        load = loader(bench, path, body, connections)
        with beside(bench, path, body, durability) as (ours, floor):
            runs = in_turns(bench.repetitions, lambda: load(ours),
                            lambda: load(floor))
        return Figure("1/s", *runs, goal and (">=", goal),
                      {"durability": durability, "connections": connections})
    return measure


def by_connections(path, body, durability):
    def measure(bench):
        lines = {"ours": [], "bare Beast": []}
        with beside_beast(bench, path, body, durability) as ports:
            for connections in (1, 2, 4, 8, 16, 32, 64, 128, 256):
                load = loader(bench, path, body, connections)
                for port, line in zip(ports, lines.values()):
                    line.append((connections, load(port)))
        return Curve("connections", "requests/s", lines,
                     settings={"durability": durability})
    return measure


def latencies(path, body, durability):
    """Counted from when each request was due, at shares of the highest rate
    that a closed loop gets."""
    def measure(bench):
        lines = {"p50": [], "p99": [], "bare Beast's p50": [],
                 "bare Beast's p99": []}
        with beside_beast(bench, path, body, durability) as (ours, floor):
            highest = loader(bench, path, body, 32)(ours)

            def at(port, share):
                run = open_loop(bench.tools / "open_loop", port, path, body,
                                int(highest * share), bench.seconds)
                return run["p50_us"], run["p99_us"]
            for share in (0.1, 0.25, 0.5, 0.75, 0.9):
                found = at(ours, share) + at(floor, share)
                for line, latency in zip(lines.values(), found):
                    line.append((int(highest * share), latency))
            runs = in_turns(bench.repetitions, lambda: at(ours, 0.5),
                            lambda: at(floor, 0.5))
        ratios, floors = ([p99 / p50 for p50, p99 in x] for x in runs)
        settings = {"durability": durability, "highest": highest,
                    "bare Beast's": statistics.median(floors)}
        return {
            "p99 / p50 at half the highest rate":
                Figure("", ratios, goal=("<=", 5), settings=settings),
            "latency by rate": Curve("requests/s", "µs", lines, True, settings),
        }
    return measure


SCENARIOS = {
    "GET /api/status": closed_loop(STATUS, None, "sync", 32, 0.85),
    "POST /api/actions, sync": closed_loop(ACTIONS, ACTION, "sync", 32, 0.35),
    "POST /api/actions, sync, 64 connections":
        closed_loop(ACTIONS, ACTION, "sync", 64, None),
    "POST /api/actions, async": closed_loop(ACTIONS, ACTION, "async", 32, 0.55),
    "POST /api/actions, async, 64 connections":
        closed_loop(ACTIONS, ACTION, "async", 64, None),
    "POST /api/actions beside the floor program, sync":
        closed_loop(ACTIONS, ACTION, "sync", 32, 0.7,
                    beside_floor_program),
    "POST /api/actions beside the floor program, async":
        closed_loop(ACTIONS, ACTION, "async", 32, None,
                    beside_floor_program),
    "GET /api/audit-logs": closed_loop("/api/audit-logs?limit=1", None, "sync",
                                       32, None),
    "GET /api/supervision": closed_loop("/api/supervision", None, "sync", 32,
                                        None),
    "GET /api/status by connections": by_connections(STATUS, None, "sync"),
    "POST /api/actions by connections, async":
        by_connections(ACTIONS, ACTION, "async"),
    "POST /api/actions by connections, sync":
        by_connections(ACTIONS, ACTION, "sync"),
    "open loop, GET /api/status": latencies(STATUS, None, "sync"),
    "open loop, POST /api/actions, async": latencies(ACTIONS, ACTION, "async"),
    "open loop, POST /api/actions, sync": latencies(ACTIONS, ACTION, "sync"),
}
