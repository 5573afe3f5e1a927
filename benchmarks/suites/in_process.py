"""Without HTTP: our parts beside CAF and LMDB alone, by closedpaw-bench."""

import collections

from figures import Curve, Figure
from load import tool


def measured(bench, pattern):
    """By name, what each repetition found; they come in turns."""
    report = tool(
        [bench.build / "closedpaw-bench", f"--benchmark_filter={pattern}",
         f"--benchmark_repetitions={bench.repetitions}",
         "--benchmark_enable_random_interleaving=true",
         f"--benchmark_min_time={bench.seconds / 10}",
         "--benchmark_format=json"])
    out = collections.defaultdict(list)
    for run in report["benchmarks"]:
        if run["run_type"] == "iteration":
            if run.get("error_occurred"):
                raise RuntimeError(f"{run['name']}: {run['error_message']}")
            out[run["run_name"].removesuffix("/manual_time")
                .removesuffix("/real_time")].append(run)
    return out


def measured_in_processes(bench, pattern, processes):
    """The same of several, since how one's memory lies stays with it."""
    out = collections.defaultdict(list)
    for _ in range(processes):
        for name, runs in measured(bench, pattern).items():
            out[name] += runs
    return out


def values(runs, name="items_per_second"):
    return [x[name] for x in runs]


def middle(runs, name="items_per_second"):
    ordered = sorted(values(runs, name))
    return ordered[len(ordered) // 2]


def async_actions(bench):
    found = measured_in_processes(
        bench, "^(actions/async|caf_request)/producers:1/window:256", 5)
    ours, floor = (found[f"{name}/producers:1/window:256"]
                   for name in ("actions/async", "caf_request"))
    return Figure("1/s", values(ours), values(floor), (">=", 0.35),
                  {"durability": "async", "in flight": 256,
                   "floor": "CAF's request and response",
                   "actions per commit": middle(ours, "actions_per_commit")})


def sync_actions(bench):
    found = measured(bench, "^actions/sync/producers:64/|^lmdb/sync/batch:64/")
    ours = found["actions/sync/producers:64/window:1"]
    return Figure("1/s", values(ours), values(found["lmdb/sync/batch:64"]),
                  (">=", 0.7),
                  {"durability": "sync", "producers": 64,
                   "floor": "LMDB, the same records in batches of 64",
                   "actions per commit": middle(ours, "actions_per_commit")})


def line(found, prefix, suffix="", name="items_per_second"):
    out = []
    for key, runs in found.items():
        if key.startswith(prefix) and key.endswith(suffix):
            out.append((int(key.removeprefix(prefix).split("/")[0]),
                        middle(runs, name)))
    return sorted(out)


def by_producers(bench):
    found = measured(bench, "^(actions/a?sync|caf_request)/.*window:1/")
    return Curve("producers", "actions/s", {
        "async": line(found, "actions/async/producers:", "window:1"),
        "sync": line(found, "actions/sync/producers:", "window:1"),
        "CAF's request and response":
            line(found, "caf_request/producers:", "window:1")})


def by_batch(bench):
    found = measured(bench, "^lmdb/")
    return Curve("actions in a transaction", "actions/s", {
        "LMDB alone, async": line(found, "lmdb/async/batch:"),
        "LMDB alone, sync": line(found, "lmdb/sync/batch:")})


def recovery(bench):
    """From the crash of an actor to its next life having proven itself."""
    return {
        name.removeprefix("recovery/").removesuffix("/iterations:300"):
            Figure("us", values(runs, "p99_us"), goal=("<=", 5_000),
                   settings={"quantile": "p99",
                             "p50": middle(runs, "p50_us")})
        for name, runs in measured(bench, "^recovery/").items()}


def children(bench):
    found = measured(bench, "^tree_of_children/|^caf_spawn")
    thousand = found["tree_of_children/children:1000"]
    return {
        "tree of 1,000 as JSON":
            Figure("us", values(thousand, "real_time"), goal=("<=", 10_000)),
        "memory of one of 1,000": Figure(
            "B", values(thousand, "bytes_each"), goal=("<=", 8_192)),
        "started, 1,000": Figure("1/s", values(thousand, "started_per_second"),
                                 values(found["caf_spawn"]),
                                 settings={"floor": "CAF's spawn"}),
        "time of the tree": Curve("children", "µs", {
            "tree as JSON": line(found, "tree_of_children/children:",
                                 name="real_time")}),
    }


SCENARIOS = {
    "actions in process, async": async_actions,
    "actions in process, sync": sync_actions,
    "actions in process by producers": by_producers,
    "LMDB alone by batch": by_batch,
    "recovery": recovery,
    "supervised children": children,
}
