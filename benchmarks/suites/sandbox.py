"""A skill from its start to its result, by the program sandbox_spawn."""

import statistics

from figures import Figure
from load import tool


def spawn(bench):
    found = tool([bench.tools / "sandbox_spawn"])
    added = [o - b for o, b in zip(found["ours_ms"], found["bubblewrap_ms"])]
    settings = {"fork and exec, ms": statistics.median(found["plain_ms"])}
    return {
        "added to bubblewrap": Figure("ms", [statistics.median(added)],
                                      goal=("<=", 3), settings=settings),
        "whole": Figure("ms", found["ours_ms"], found["bubblewrap_ms"],
                        settings={**settings, "floor": "bubblewrap alone"}),
    }


SCENARIOS = {"sandbox spawn": spawn}
