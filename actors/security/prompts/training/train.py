#!/usr/bin/env python3
"""Trains the classifier of prompts: train.py [--check FILE]

Reads attacks-*.jsonl and harmless-*.jsonl beside it ({"text": …} a line, all
written for this project), writes ../weights.bin, and scores.json for the unit
test that compares the program's arithmetic with this one. Prints recall and
false positives of a four-fold cross-validation. --check measures a labelled
file ({"text", "label", "source"}) that nothing was trained on. Needs
python3-numpy; takes a minute.
"""

import argparse
import glob
import json
import math
import os
import re
import struct
import unicodedata

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PLACES = 1 << 16
GRAMS = (3, 5)
WORDS = 3
# A text of fewer features says too little to be sure of anything.
FEWEST = 150
TOKEN = re.compile(rb"[a-z0-9_'\x80-\xff]+|[^ a-z0-9_'\x80-\xff]")


def plain(text):
    """What normalize() makes of undisguised text, on one line."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def hashed(data, value=2166136261):
    for byte in data:
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def place(value):
    return (value ^ value >> 15) % PLACES


def features(text):
    data = b" " + plain(text).encode("utf-8", "replace") + b" "
    found = set()
    for i in range(len(data)):
        value = 2166136261
        for k in range(min(GRAMS[1], len(data) - i)):
            value = ((value ^ data[i + k]) * 16777619) & 0xFFFFFFFF
            if k + 1 >= GRAMS[0]:
                found.add(place(value))
    words = TOKEN.findall(data)
    for n in range(1, WORDS + 1):
        for i in range(len(words) - n + 1):
            found.add(place(hashed(b"\x01" + b" ".join(words[i:i + n]))))
    for a, b in zip(words, words[2:]):
        found.add(place(hashed(b"\x02" + a + b" " + b)))
    return np.fromiter(found, dtype=np.int64, count=len(found))


def fit(rows, labels, epochs, rate=0.3, decay=1e-2, seed=0):
    """Logistic regression by AdaGrad."""
    order = np.random.default_rng(seed)
    weights, squares = np.zeros(PLACES), np.full(PLACES, 1e-2)
    bias, bias_squares = 0.0, 1e-2
    for _ in range(epochs):
        for i in order.permutation(len(rows)):
            at = rows[i]
            scale = 1 / math.sqrt(max(len(at), FEWEST))
            odds = weights[at].sum() * scale + bias
            error = 1 / (1 + math.exp(-max(-30, min(30, odds)))) - labels[i]
            step = error * scale + decay * weights[at]
            squares[at] += step * step
            weights[at] -= rate * step / np.sqrt(squares[at])
            bias_squares += error * error
            bias -= rate * 0.3 * error / math.sqrt(bias_squares)
    return weights, bias


def odds_of(rows, weights, bias):
    return np.array([weights[r].sum() / math.sqrt(max(len(r), FEWEST)) + bias
                     for r in rows])


def read(pattern):
    out = []
    for path in sorted(glob.glob(os.path.join(HERE, pattern))):
        kind = os.path.basename(path)[:-len(".jsonl")]
        with open(path, encoding="utf-8") as lines:
            out += [(json.loads(line)["text"], kind) for line in lines]
    return out


def cross_validate(rows, labels, kinds, epochs):
    odds = np.zeros(len(rows))
    for fold in np.array_split(np.random.default_rng(7).permutation(len(rows)), 4):
        rest = np.setdiff1d(np.arange(len(rows)), fold)
        model = fit([rows[i] for i in rest], labels[rest], epochs)
        odds[fold] = odds_of([rows[i] for i in fold], *model)
    for rate in (0.03, 0.02, 0.01, 0.005, 0.002):
        limit = np.quantile(odds[labels == 0], 1 - rate)
        print(f"odds {limit:5.2f}:", ", ".join(
            f"{kind} {np.mean(odds[kinds == kind] > limit):.3f}"
            for kind in sorted(set(kinds))))


def check(path, weights, bias):
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    odds = odds_of([features(r["text"]) for r in rows], weights, bias)
    kinds = np.array([("attack" if r["label"] else "harmless") + " of "
                      + r["source"] for r in rows])
    for limit in np.arange(0, 3.6, 0.5):
        print(f"odds {limit:5.2f}:", ", ".join(
            f"{kind} {np.mean(odds[kinds == kind] > limit):.3f}"
            for kind in sorted(set(kinds))))


def quantized(weights, bias):
    scale = float(np.float32(np.abs(weights).max() / 127))
    small = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    return small, np.float32(scale), np.float32(bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", metavar="FILE")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--skip-validation", action="store_true")
    given = parser.parse_args()
    data = read("attacks-*.jsonl") + read("harmless-*.jsonl")
    rows = [features(text) for text, _ in data]
    kinds = np.array([kind for _, kind in data])
    labels = np.array([1 if k.startswith("attacks") else 0 for k in kinds])
    if not given.skip_validation:
        cross_validate(rows, labels, kinds, given.epochs)
    small, scale, bias = quantized(*fit(rows, labels, given.epochs))
    with open(os.path.join(HERE, "..", "weights.bin"), "wb") as out:
        out.write(struct.pack("<ff", bias, scale) + small.tobytes())
    model = small.astype(np.float64) * float(scale), float(bias)
    shown = data[::max(1, len(data) // 40)]
    with open(os.path.join(HERE, "scores.json"), "w", encoding="utf-8") as out:
        json.dump([{"text": text, "odds": round(float(odds), 4)} for (text, _), odds
                   in zip(shown, odds_of([features(t) for t, _ in shown], *model))],
                  out, indent=1)
        out.write("\n")
    if given.check:
        check(given.check, *model)


if __name__ == "__main__":
    main()
