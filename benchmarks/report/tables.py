"""Results as text."""


def number(x):
    return f"{x:,.0f}" if abs(x) >= 1000 else f"{x:,.4g}"


def spread(figure):
    """How far the repetitions are from their median, in percent."""
    low, high = figure["spread"]
    return max(high - figure["ours"], figure["ours"] - low) \
        / max(abs(figure["ours"]), 1e-9) * 100


def figures_table(figures):
    yield f"{'':52}{'ours':>12}{'±%':>6}{'floor':>12}{'ratio':>8}{'goal':>10}"
    for name, x in figures.items():
        floor = number(x["floor"]) if "floor" in x else ""
        ratio = f"{x['ratio']:.3f}" if "ratio" in x else ""
        verdict = "" if x.get("met", True) else " MISSED"
        yield (f"{name:52}{number(x['ours']):>12}{spread(x):6.0f}{floor:>12}"
               f"{ratio:>8}{x.get('goal', ''):>10} {x['unit']:4}{verdict}")


def curve_table(name, curve):
    labels = list(curve["lines"])
    yield f"{name} ({curve['y']})"
    yield f"{curve['x']:>24}" + "".join(f"{label:>28}" for label in labels)
    for x in sorted({p[0] for line in curve["lines"].values() for p in line}):
        cells = []
        for label in labels:
            found = [y for at, y in curve["lines"][label] if at == x]
            cells.append(f"{number(found[0]) if found else '':>28}")
        yield f"{x:>24,}" + "".join(cells)


def comparison(before, after):
    """What differs between two reports, the ratio to the floor where there is
    one. What is within either's spread is marked as such."""
    for key in ("machine", "build", "options"):
        if before[key] != after[key]:
            yield f"{key} differs: {before[key]} / {after[key]}"
    yield f"{'':52}{'before':>12}{'after':>12}{'change':>9}"
    shared = [n for n in after["figures"] if n in before["figures"]]
    for name in shared:
        old, new = before["figures"][name], after["figures"][name]
        which = "ratio" if "ratio" in old and "ratio" in new else "ours"
        change = (new[which] / old[which] - 1) * 100 if old[which] else 0
        noise = abs(change) <= max(spread(old), spread(new))
        yield (f"{name:52}{number(old[which]):>12}{number(new[which]):>12}"
               f"{change:+8.1f}%{' within the spread' if noise else ''}")
    for name in sorted(set(before["figures"]) ^ set(after["figures"])):
        yield f"{name:52}only {'before' if name in before['figures'] else 'after'}"
