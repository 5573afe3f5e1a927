"""Figures, their goals, and the comparison of two reports."""

import pytest

from figures import Curve, Figure, in_turns
from report import tables


def report(figures, commit="a"):
    return {"machine": {"cores": 2}, "build": {"commit": commit},
            "options": {"seconds": 3},
            "figures": {name: x.summary() for name, x in figures.items()},
            "curves": {}}


def test_a_ratio_is_the_median_of_pairs():
    # The third run hit a busy machine, both sides alike.
    found = Figure("1/s", [50, 80, 10], [100, 100, 20], (">=", 0.5)).summary()
    assert (found["ours"], found["floor"]) == (50, 100)
    assert found["ratio"] == 0.5 and found["met"]
    assert found["spread"] == [10, 80] and found["repetitions"] == 3


@pytest.mark.parametrize("goal, met", [
    ((">=", 0.6), False), (("<=", 0.6), True), (None, None)])
def test_goals_are_of_the_ratio_where_there_is_one(goal, met):
    found = Figure("1/s", [50], [100], goal).summary()
    assert found.get("met") is met


@pytest.mark.parametrize("limit, met", [(12, True), (11, False)])
def test_goals_are_of_ours_where_there_is_no_floor(limit, met):
    assert Figure("MiB", [10, 12, 90], goal=("<=", limit)).summary()["met"] is met


def test_a_missed_goal_is_said():
    lines = list(tables.figures_table({
        "good": Figure("ms", [1], goal=("<=", 2)).summary(),
        "bad": Figure("ms", [3], goal=("<=", 2)).summary()}))
    assert "MISSED" not in lines[1] and lines[2].endswith("MISSED")


def test_runs_alternate():
    order = []
    ours, floors = in_turns(2, lambda: order.append("ours") or 1,
                            lambda: order.append("floor") or 2)
    assert order == ["floor", "ours"] * 2
    assert ours == [1, 1] and floors == [2, 2]


def test_two_reports_are_compared_by_ratio_where_both_have_one():
    before = report({"a": Figure("1/s", [100], [200]), "b": Figure("ms", [4]),
                     "gone": Figure("ms", [1])})
    # Twice the speed, on a machine that is three times as fast.
    after = report({"a": Figure("1/s", [200], [600]), "b": Figure("ms", [5]),
                    "new": Figure("ms", [1])}, "b")
    lines = list(tables.comparison(before, after))
    assert "build differs" in lines[0]
    of = {line.split()[0]: line for line in lines}
    assert "-33.3%" in of["a"] and "+25.0%" in of["b"]
    assert "only before" in of["gone"] and "only after" in of["new"]


def test_what_is_within_the_spread_is_marked():
    before = report({"a": Figure("ms", [9, 10, 12])})
    for value, within in ((11, True), (14, False)):
        lines = list(tables.comparison(
            before, report({"a": Figure("ms", [value])})))
        assert ("within the spread" in lines[-1]) is within


def test_a_curve_is_a_table_with_its_gaps():
    curve = Curve("events", "µs", {"one": [(1, 5), (10, 6)], "two": [(10, 7)]})
    name, head, first, last = tables.curve_table("pages", curve.summary())
    assert name == "pages (µs)" and head.split() == ["events", "one", "two"]
    assert first.split() == ["1", "5"] and last.split() == ["10", "6", "7"]
