"""Checks include directions and hygiene: check_layout.py ROOT.

The directions are the design's: messages/model <- {config, http, codecs,
stores, validators} <- messages <- actors <- main. Prints one line per
violation and ends with 1 when there is any.
"""

import os
import re
import sys

MAX_LINES = 400
SKIPPED = {".git", "build", "node_modules", "__pycache__", ".cache"}
CODE = (".cpp", ".hpp", ".c", ".h")
TEXT = CODE + (".py", ".cmake", ".txt", ".toml", ".md", ".json", ".lua", ".sh")

# No CAF, no sockets of their own; what they include must be pure as well.
PURE = re.compile(
    r"^(messages/model/|config/|http/|actors/security/|actors/\w+/codec/"
    r"|actors/\w+/store/|actors/\w+/runtime/|actors/monitoring/(alerts|metrics)/"
    r"|actors/audit/(?!audit_logger))"
)
# Libraries in actors' folders that are made to be used by others.
EXPORTED = re.compile(
    r"^actors/(security/|storage/store/|audit/(?!audit_logger)|\w+/codec/"
    r"|supervision/)"
)
COMPOSES = re.compile(r"^actors/(main|wiring)[\w/]*\.(cpp|hpp)$")
# What each folder may include of the others, first match counts.
MAY_INCLUDE = [
    (r"messages/model/", r"messages/model/"),
    (r"messages/",
     r"(messages|config|http|actors/(security|storage/store|\w+/codec))/"),
    (r"config/", r"(config|messages/model)/"),
    (r"http/(client|server)/",
     r"(http/(client|server)|messages/model|actors/security)/"),
    (r"http/", r"(http|config|messages/model|actors/security)/"),
    (r"actors/\w+/codec/", r"(actors/\w+/codec|messages/model)/"),
    (r"actors/security/", r"(actors/security|messages/model)/"),
    (r"actors/", r"(actors|http|config|messages)/"),
]
BEAST = re.compile(r"^(http/|tests/unit/http/|benchmarks/)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[>"]', re.M)
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\(")
# C++20 destroys the temporary that owns what the loop walks through.
LOOP_OVER_TEMPORARY = re.compile(
    r"for \([^;]*[^:]:\s*(\*[^;]*\.get\(\)\)|[^;]*\.get\(\)->\w+\)"
    r"|[^;]*\bto_json\([^;]*\)\.\w+)")
# Fixtures may be told to be slow; the one poll loop is eventually().
MAY_SLEEP = re.compile(r"^tests/(fixtures/|integration/daemon\.py$)")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "X" "XX")) + r")\b")
# Not preceded by a path of ours, as in a URL.
SOMEONES_PATH = re.compile(r"(?<![\w./}])/" r"(home/\w|root/|work/|Users/\w)")


def tree(root):
    """Relative path -> text of every file that is ours."""
    files = {}
    for folder, names, entries in os.walk(root):
        names[:] = [n for n in names if n not in SKIPPED]
        for entry in entries:
            path = os.path.join(folder, entry)
            relative = os.path.relpath(path, root).replace(os.sep, "/")
            if entry.endswith(TEXT) or relative in ("dev", ".ci/run"):
                with open(path, encoding="utf-8") as stream:
                    files[relative] = stream.read()
    return files


def includes(files):
    return {
        path: [(kind == "<", name) for kind, name in INCLUDE.findall(text)]
        for path, text in files.items()
        if path.endswith(CODE)
    }


def reason_not_pure(path, graph, seen):
    """The chain of includes by which `path` reaches CAF, or nothing."""
    for _, name in graph.get(path, ()):
        if name.startswith("caf/"):
            return [path, name]
        if name in graph and name not in seen:
            seen.add(name)
            chain = reason_not_pure(name, graph, seen)
            if chain:
                return [path] + chain
    return None


def check_direction(path, graph):
    for _, name in graph[path]:
        if name not in graph:
            continue
        allowed = next((a for p, a in MAY_INCLUDE if re.match(p, path)), "")
        if allowed and not re.match(allowed, name):
            yield f"{path}: may not include {name} (direction of includes)"
        own = re.match(r"actors/\w+/", path)
        other = re.match(r"actors/\w+/", name)
        if (own and other and own[0] != other[0]
                and not EXPORTED.match(name) and not COMPOSES.match(path)):
            yield (f"{path}: may not include {name} (actors know each other "
                   "only by messages/actors.hpp)")


def check_includes(files):
    graph = includes(files)
    for path in sorted(graph):
        yield from check_direction(path, graph)
        if PURE.match(path):
            chain = reason_not_pure(path, graph, set())
            if chain:
                yield f"{path}: pure code may not reach CAF: " + " -> ".join(chain)
        for _, name in graph[path]:
            if name.startswith("boost/beast") and not BEAST.match(path):
                yield f"{path}: Beast is included under http/ only"
        if path.endswith(".hpp") and "#pragma once" not in files[path]:
            yield f"{path}: no #pragma once"
        if "CAF_" "VERSION" in files[path] and path != "messages/caf_seam.hpp":
            yield f"{path}: only messages/caf_seam.hpp may ask for CAF's version"


def check_hygiene(files):
    for path, text in sorted(files.items()):
        lines = text.splitlines()
        prose = path.endswith((".md", ".json")) or "/corpus/" in path
        if len(lines) > MAX_LINES and not prose:
            yield f"{path}: {len(lines)} lines, at most {MAX_LINES}"
        for number, line in enumerate(lines, 1):
            if path.endswith(CODE) and LOOP_OVER_TEMPORARY.search(line):
                yield f"{path}:{number}: what owns the range is gone in the loop"
            if UNFINISHED.search(line):
                yield f"{path}:{number}: unfinished work is not marked, it is done"
            if SOMEONES_PATH.search(line):
                yield f"{path}:{number}: a path of someone's machine"
            if (path.startswith("tests/") and SLEEP.search(line)
                    and path.endswith(CODE + (".py",))
                    and not MAY_SLEEP.match(path)):
                yield f"{path}:{number}: tests do not sleep, they wait for events"


def violations(root):
    files = tree(root)
    return [*check_includes(files), *check_hygiene(files)]


def main():
    found = violations(sys.argv[1] if len(sys.argv) > 1 else ".")
    for line in found:
        print(line)
    print(f"layout: {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
