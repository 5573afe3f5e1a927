"""The process: how soon it answers, and how much memory it has of its own."""

import contextlib
import json
import time

from bench import ACTION, anonymous_mib
from figures import Curve, Figure
from load import wrk


def first_answer(daemon):
    """Milliseconds from its start; ends it again."""
    begin = time.perf_counter()
    daemon.start()
    status = daemon.get("/api/status").status
    elapsed = time.perf_counter() - begin
    daemon.terminate()
    if status != 200:
        raise RuntimeError(f"/api/status answered {status}")
    return elapsed * 1000


def idle_memory(bench):
    def one():
        with bench.daemon() as daemon:
            daemon.get("/api/actions/pending")
            return anonymous_mib(daemon.process.pid)
    return Figure("MiB", [one() for _ in range(bench.repetitions)],
                  goal=("<=", 12))


def memory_of_connections(bench):
    """Idle ones that have asked once."""
    count = 200
    with bench.daemon() as daemon, contextlib.ExitStack() as stack:
        def connect():
            client = stack.enter_context(daemon.client())
            client.get("/api/status")
        connect()
        before = anonymous_mib(daemon.process.pid)
        for _ in range(count):
            connect()
        grown = anonymous_mib(daemon.process.pid) - before
    return Figure("KiB", [grown * 1024 / count],
                  settings={"connections": count})


def act(bench, daemon, count):
    """At least as many of the standard action."""
    done = 0
    while done < count:
        done += wrk(daemon.port, "/api/actions", bench.seconds, bench.folder,
                    json.dumps(ACTION))["requests"]
    return done


def after_many_actions(bench):
    """One store that grows to a million; what is compared with it is one that
    has had a few."""
    few, many = 10_000, bench.most
    full = bench.new_daemon("async").start().wait_for_model_server()
    line = []
    try:
        done = act(bench, full, few)
        begun = anonymous_mib(full.process.pid)
        line.append((done, begun))
        while done < few + many:
            done += act(bench, full, min(many // 10, few + many - done))
            line.append((done, anonymous_mib(full.process.pid)))
        grown = line[-1][1] - begun
    finally:
        full.terminate()
    empty = bench.new_daemon("async")
    empty.start().terminate()
    starts, floors = [], []
    for _ in range(max(bench.repetitions, 9)):
        floors.append(first_answer(empty))
        starts.append(first_answer(full))
    settings = {"actions": done, "durability": "async"}
    return {
        "memory grown by": Figure("MiB", [grown], goal=("<=", 4),
                                  settings=settings),
        "memory": Curve("actions", "MiB", {"RssAnon": line}, False, settings),
        "start to first answer, beside an empty store's":
            Figure("ms", starts, floors, ("<=", 1.2), settings),
        "start to first answer": Figure("ms", starts, goal=("<=", 30),
                                        settings=settings),
    }


SCENARIOS = {
    "idle RssAnon": idle_memory,
    "memory of a connection": memory_of_connections,
    "after many actions": after_many_actions,
}
