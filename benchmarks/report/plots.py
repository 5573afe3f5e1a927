"""Results as SVG, by matplotlib."""

import re

import matplotlib

matplotlib.use("svg")
# Text stays text, and the same results make the same file.
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "closedpaw",
                            "font.size": 9})

from matplotlib import pyplot  # noqa: E402  (after the backend is chosen)


def file_name(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".svg"


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def draw_curve(name, curve, folder):
    figure, axes = pyplot.subplots(figsize=(6, 3.5))
    for label, line in curve["lines"].items():
        axes.plot([x for x, _ in line], [y for _, y in line], marker="o",
                  markersize=3, label=label)
    if curve["log"]:
        axes.set_xscale("log")
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set(title=name, xlabel=curve["x"], ylabel=curve["y"])
    axes.grid(alpha=0.3)
    axes.legend()
    save(figure, folder / file_name(name))


def draw_ratios(figures, folder):
    """Each ratio to its floor; what it is to be is a line across its bar."""
    shown = {n: x for n, x in figures.items() if "ratio" in x}
    if not shown:
        return
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.32 * len(shown)))
    names = list(shown)[::-1]
    axes.barh(names, [shown[n]["ratio"] for n in names], color=[
        "tab:blue" if shown[n].get("met", True) else "tab:red" for n in names])
    for at, name in enumerate(names):
        if goal := shown[name].get("goal"):
            axes.plot([float(goal.split()[1])] * 2, [at - 0.4, at + 0.4],
                      color="black")
    axes.set(title="beside the floor measured in turns", xlabel="ratio")
    axes.grid(axis="x", alpha=0.3)
    save(figure, folder / "ratios.svg")


def draw(report, folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw_ratios(report["figures"], folder)
    for name, curve in report["curves"].items():
        draw_curve(name, curve, folder)
