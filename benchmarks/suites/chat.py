"""What we add to a chat, with an upstream that answers at once."""

import contextlib
import json
import statistics

from bench import MODEL
from figures import Figure, in_turns
from load import answer_bytes, bare_beast, listening, open_loop, wrk

RATE = 1_000


@contextlib.contextmanager
def upstream(bench):
    """Its port, and the body that it is sent directly."""
    direct = {"model": MODEL, "stream": False,
              "messages": [{"role": "user", "content": "hi"}]}
    with bench.make_client(bench.models.port) as client:
        answer = answer_bytes(client, "POST", "/api/chat", direct)
    with bare_beast(bench.tools / "bare_beast", answer, bench.folder) as port:
        yield port, direct


@contextlib.contextmanager
def proxy(bench, durability):
    """An upstream, and a daemon before it with the body that it is sent."""
    with upstream(bench) as (port, direct):
        daemon = bench.new_daemon(
            durability, f"http://127.0.0.1:{port}",
            **{"provider_defaults.max_concurrent": 256}).start()
        try:
            yield (port, direct), (daemon.port, {"message": "hi", "model": MODEL})
        finally:
            daemon.stop()


def beyond_direct(runs, which, quantile):
    return [run[which][quantile] - run[0][quantile] for run in runs]


def added(durability, goals):
    """Against asking the upstream directly, 1,000 times a second each; the
    floors are what a proxy adds that only passes on what it reads, and what it
    adds when LMDB keeps for it what ours keeps of a chat, without syncing."""
    def measure(bench):
        runs = []
        store = bench.store_with_chats()
        proxies = bench.tools / "bare_proxy"
        with (proxy(bench, durability) as (direct, ours),
              listening(proxies, direct[0]) as bare,
              listening(proxies, direct[0], "--records", store,
                        bench.empty_folder()) as keeping):
            for _ in range(bench.repetitions):
                runs.append([
                    open_loop(bench.tools / "open_loop", port, "/api/chat",
                              body, RATE, bench.seconds)
                    for port, body in (direct, (bare, direct[1]),
                                       (keeping, direct[1]), ours)])
        return {
            quantile: Figure(
                "us", beyond_direct(runs, 3, f"{quantile}_us"),
                goal=goals.get(quantile),
                settings={"durability": durability, "rate": RATE} | {
                    name: statistics.median(
                        beyond_direct(runs, which, f"{quantile}_us"))
                    for which, name in enumerate(
                        ["a bare proxy adds", "one with records adds"], 1)})
            for quantile in ("p50", "p99")}
    return measure


def held(durability):
    """As many as 64 clients get that ask again at once."""
    def measure(bench):
        with proxy(bench, durability) as targets:
            direct, ours = (
                lambda port=port, body=json.dumps(body): wrk(
                    port, "/api/chat", bench.seconds, bench.folder, body,
                    64)["per_second"]
                for port, body in targets)
            runs = in_turns(bench.repetitions, ours, direct)
        return Figure("1/s", *runs, None,
                      {"durability": durability, "connections": 64})
    return measure


SCENARIOS = {
    "chat, async, 64 connections": held("async"),
    "chat, sync, 64 connections": held("sync"),
    "chat, added, async": added("async", {"p50": ("<=", 150),
                                          "p99": ("<=", 1_000)}),
    "chat, added, sync": added("sync", {}),
}
