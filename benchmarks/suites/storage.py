"""The audit log as it grows, by the program audit_log."""

from figures import Curve, Figure
from load import tool_lines


def audit_log(bench):
    steps = tool_lines([bench.tools / "audit_log", "--most", str(bench.most)])
    first, last = steps[0], steps[-1]
    curves = {
        "pages": ("µs", {"page of 100": "page_us",
                         "one in three fits": "filtered_us"}),
        "proofs": ("µs", {"made": "proof_us", "checked": "check_us"}),
        "appending": ("events/s", {"in batches of 100": "per_second"}),
    }
    return {
        "page of 100, beside that of the smallest log": Figure(
            "us", [last["page_us"]], [first["page_us"]], ("<=", 1.3),
            {"events": last["events"], "floor": f"{first['events']} events"}),
        "proof checked": Figure("us", [last["check_us"]], goal=("<=", 50),
                                settings={"hashes": last["hashes"]}),
        **{name: Curve("events", unit, {
            label: [(step["events"], step[key]) for step in steps]
            for label, key in lines.items()})
           for name, (unit, lines) in curves.items()},
    }


SCENARIOS = {"audit log": audit_log}
