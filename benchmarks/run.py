"""The benchmark driver, `./dev bench`.

Every figure stands beside its limit, measured in the same run and in turns:
bare Beast answering the same bytes, CAF's and LMDB's own, plain fork and exec.
Prints tables of medians and ratios; writes all of it as JSON, and plots as SVG.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
for folder in ("integration", "fixtures"):
    sys.path.insert(0, str(ROOT / "tests" / folder))

from bench import Bench
from figures import Curve, Figure
from report import tables
from suites import chat, http, in_process, process, sandbox, storage

SUITES = {"http": http, "in_process": in_process, "chat": chat,
          "storage": storage, "sandbox": sandbox, "process": process}


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


def chosen(options):
    out = {name: scenario
           for suite, module in SUITES.items()
           if options.suite in (None, suite)
           for name, scenario in module.SCENARIOS.items()
           if options.only.lower() in name.lower()}
    if not out:
        raise SystemExit(f"no scenario has {options.only!r} in its name; there "
                         f"are: {', '.join(n for m in SUITES.values() for n in m.SCENARIOS)}")
    return out


def run(scenarios, options):
    figures, curves = {}, {}
    with Bench(options) as bench:
        for name, scenario in scenarios.items():
            print(f"… {name}", file=sys.stderr, flush=True)
            found = scenario(bench)
            if not isinstance(found, dict):
                found = {"": found}
            for part, x in found.items():
                kept = figures if isinstance(x, Figure) else curves
                kept[f"{name}, {part}" if part else name] = x.summary()
    return {"figures": figures, "curves": curves}


def show(report, options):
    machine = report["machine"]
    print(f"{machine['cpu']}, {machine['cores']} cores, "
          f"{machine['filesystem']}; {report['build']['type']}, "
          f"{report['build']['commit']}; medians of {options.repetitions}")
    for line in tables.figures_table(report["figures"]):
        print(line)
    for name, curve in report["curves"].items():
        print()
        for line in tables.curve_table(name, curve):
            print(line)


def parse():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--build", type=pathlib.Path,
                        default=ROOT / "build/release", help=argparse.SUPPRESS)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3,
                        help="how long each run of a load takes")
    parser.add_argument("--most", type=int, default=1_000_000,
                        help="events and actions where something grows")
    parser.add_argument("--suite", choices=SUITES)
    parser.add_argument("--only", default="", metavar="TEXT",
                        help="scenarios whose name contains it")
    parser.add_argument("--output", type=pathlib.Path,
                        help="JSON file (build/release/bench.json)")
    parser.add_argument("--plots", type=pathlib.Path,
                        help="folder of the SVG files (build/release/bench)")
    parser.add_argument("--compare", nargs=2, type=pathlib.Path,
                        metavar=("BEFORE", "AFTER"),
                        help="two JSON files; nothing is measured")
    return parser.parse_args()


def main():
    options = parse()
    if options.compare:
        for line in tables.comparison(*(json.loads(path.read_text())
                                        for path in options.compare)):
            print(line)
        return
    options.build = options.build.resolve()
    os.environ.setdefault("CLOSEDPAW_BIN", str(options.build / "closedpaw"))
    settings = {name: getattr(options, name)
                for name in ("repetitions", "seconds", "most")}
    report = {**surroundings(options.build), "options": settings,
              **run(chosen(options), options)}
    output = options.output or options.build / "bench.json"
    output.write_text(json.dumps(report, indent=2) + "\n")
    show(report, options)
    from report import plots  # After all is written: it needs matplotlib.
    folder = options.plots or options.build / "bench"
    plots.draw(report, folder)
    print(f"written: {output} and {folder}")


if __name__ == "__main__":
    main()
