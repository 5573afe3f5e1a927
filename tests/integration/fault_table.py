"""Makes config/ops/FAULTS.md: fault_table.py MEASURED [MEASURED…] > FAULTS.md

Each file is what one run of test_fault_matrix.py wrote (CLOSEDPAW_FAULTS)."""

import collections
import json
import statistics
import sys

INTRO = """# Faults, and how they show

Made by `tests/integration/fault_table.py` from measurements of
`tests/integration/test_fault_matrix.py`, which injects each fault into a running
daemon and waits until everything that is to tell of it does: `closedpaw status`
in its first 20 lines, the supervision tree, the metric, the alert with its cause,
and the audit event. Seconds from the injection, medians; `-` where there is
nothing to tell (while the audit log itself is the fault, its event follows
recovery). Providers are probed, channels polled, and actors restarted that hang, as
shipped; rules are evaluated ten times a second (twice, as shipped), approvals may
wait for a second (ten minutes), and the log is recomputed twice a second (once an
hour). What begins later than its injection (a sandbox that may run for a second, six
slow commits) is told later by as much.

| fault | status | tree | metric | alert | event | within | told | ends |
|---|---|---|---|---|---|---|---|---|
"""


def cell(values):
    values = [v for v in values if v is not None]
    return f"{statistics.median(values):.1f}" if values else "-"


def main():
    runs = collections.defaultdict(list)
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                runs[row["fault"]].append(row)
    print(INTRO, end="")
    for name, rows in runs.items():
        one = rows[0]
        times = [cell([r["times"].get(s) for r in rows])
                 for s in ("status", "tree", "metric", "alert", "event")]
        told = one["alert"]
        if one["notifications"] > 1:
            told += f" and {one['notifications'] - 1} more"
        ends = "by itself" if one["ends_by_itself"] else "told"
        print(f"| {name} | {' | '.join(times)} | {one['limit']} s | {told} | "
              f"{ends} |")


if __name__ == "__main__":
    main()
