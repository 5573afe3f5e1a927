"""Scripts of tests/sdk and tests/browser, with the packages they are for."""

import json
import os
import pathlib
import subprocess

import pytest

TESTS = pathlib.Path(__file__).resolve().parent.parent


def npm_command(folder, script, told):
    """The command line; the script ends with 77 where there is no npm."""
    work = pathlib.Path(os.environ.get(
        "CLOSEDPAW_NPM_WORK", TESTS.parent / "build" / "npm")) / folder
    return [TESTS / "fixtures" / "npm.sh", TESTS / folder, work, script,
            json.dumps(told)]


def run_npm(folder, script, told, timeout=300):
    """Runs it to its end and returns what it said; may skip the test."""
    done = subprocess.run(npm_command(folder, script, told), text=True,
                          capture_output=True, timeout=timeout, check=False)
    if done.returncode == 77:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
