"""What a benchmark finds: figures beside their limits, and curves."""

import dataclasses
import operator
import statistics

COMPARE = {">=": operator.ge, "<=": operator.le}


@dataclasses.dataclass
class Figure:
    """One value of ours, measured several times. With floors, which are
    measured in turns with it, what counts is the median of the ratios."""

    unit: str
    ours: list
    floors: list = dataclasses.field(default_factory=list)
    # (">=" or "<=", value): of the ratio where there are floors, else of ours.
    goal: tuple = None
    settings: dict = dataclasses.field(default_factory=dict)

    def summary(self):
        out = {"unit": self.unit, "ours": statistics.median(self.ours),
               "spread": [min(self.ours), max(self.ours)],
               "repetitions": len(self.ours), "settings": self.settings,
               "runs": {"ours": self.ours}}
        if self.floors:
            out["floor"] = statistics.median(self.floors)
            out["ratio"] = statistics.median(
                o / f for o, f in zip(self.ours, self.floors))
            out["runs"]["floor"] = self.floors
        if self.goal:
            relation, wanted = self.goal
            out["goal"] = f"{relation} {wanted}"
            out["met"] = COMPARE[relation](out.get("ratio", out["ours"]), wanted)
        return out


@dataclasses.dataclass
class Curve:
    """How something grows; each line is a list of (x, y)."""

    x: str
    y: str
    lines: dict
    log: bool = True
    settings: dict = dataclasses.field(default_factory=dict)

    def summary(self):
        return dataclasses.asdict(self)


def in_turns(repetitions, ours, floor):
    """Both in turns, so that what the machine does meanwhile hits both."""
    pairs = [(floor(), ours()) for _ in range(repetitions)]
    return [o for _, o in pairs], [f for f, _ in pairs]
