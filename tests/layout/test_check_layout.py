"""Plants one violation at a time in an empty tree; each must be found."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import check_layout  # noqa: E402

ONCE = "#pragma once\n"
CLEAN = {
    "messages/model/a.hpp": ONCE,
    "messages/actors.hpp": ONCE + "#include <caf/all.hpp>\n",
    "http/server/listener.cpp": "#include <boost/beast.hpp>\n",
    "actors/security/peer.hpp": ONCE + '#include "messages/model/a.hpp"\n',
    "actors/storage/store/store.hpp": ONCE,
    "actors/storage/reader.hpp": ONCE + '#include "messages/actors.hpp"\n',
    "actors/supervision/slot.hpp": ONCE,
    "actors/gateway/gateway.hpp": ONCE + '#include "messages/actors.hpp"\n'
    '#include "actors/supervision/slot.hpp"\n',
    "actors/main.cpp": '#include "actors/gateway/gateway.hpp"\n',
}

PLANTED = {
    "pure includes caf": ("config/x.cpp", "#include <caf/all.hpp>\n"),
    "pure reaches caf": ("http/routes/x.cpp", '#include "messages/actors.hpp"\n'),
    "model includes messages": (
        "messages/model/x.hpp", ONCE + '#include "messages/actors.hpp"\n'),
    "http includes an actor": (
        "http/server/x.cpp", '#include "actors/storage/store/store.hpp"\n'),
    "codec includes the client": (
        "actors/providers/codec/x.cpp", '#include "http/server/listener.cpp"\n'),
    "actor includes an actor": (
        "actors/vault/x.cpp", '#include "actors/gateway/gateway.hpp"\n'),
    "actor's header in pure code": (
        "actors/audit/x.cpp", '#include "actors/storage/reader.hpp"\n'),
    "beast outside http": (
        "actors/gateway/x.cpp", "#include <boost/beast/http.hpp>\n"),
    "caf version": ("actors/gateway/x.cpp", "#if CAF_" "VERSION > 1\n"),
    "no pragma once": ("messages/model/x.hpp", "int x();\n"),
    "too long": ("config/x.cpp", "\n" * 401),
    "unfinished": ("config/x.cpp", "// TO" "DO later\n"),
    "sleep in C++": ("tests/unit/x.cpp", "sleep" "_for(x);\n"),
    "sleep in Python": ("tests/integration/x.py", "time.sle" "ep(1)\n"),
    "loop over a temporary's": (
        "config/x.cpp", "for (const auto& x : *live.all" ".get())\n"),
    "loop over a temporary's member": (
        "config/x.cpp", "for (const auto& x : live.all" ".get()->rows)\n"),
    "loop over a part of a temporary": (
        "config/x.cpp", "for (const auto& x : to_" 'json(y).at("z"))\n'),
    "someone's path": ("README.md", "see /ho" "me/someone/x\n"),
}


def write(root, files):
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def test_a_clean_tree_passes(tmp_path):
    write(tmp_path, CLEAN)
    assert check_layout.violations(tmp_path) == []


@pytest.mark.parametrize("name", PLANTED)
def test_finds(tmp_path, name):
    path, text = PLANTED[name]
    write(tmp_path, {**CLEAN, path: text})
    found = check_layout.violations(tmp_path)
    assert found and all(line.startswith(path) for line in found)
