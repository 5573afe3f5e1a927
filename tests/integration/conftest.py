"""Fixtures of the integration tests; a failing test shows its daemons' logs."""

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "fixtures"))

from asking import ask  # noqa: E402
from daemon import BINARY, SANITIZER, Daemon, eventually  # noqa: E402
from model_server import ModelServer  # noqa: E402
from sandboxes import isolation  # noqa: E402

MODEL = "llama3.2:3b"
LOGS = pytest.StashKey()


def pytest_sessionstart():
    if not pathlib.Path(BINARY).exists():
        pytest.exit(f"{BINARY} is missing: ./dev build, or set CLOSEDPAW_BIN", 2)


@pytest.fixture
def model_server():
    """A loopback Ollama stand-in that can be told to misbehave."""
    server = ModelServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make_daemon(tmp_path, request, model_server):
    """make_daemon(**options of Daemon) -> one that is not started yet."""
    daemons = request.node.stash.setdefault(LOGS, [])

    def make(**options):
        options.setdefault("providers", [("ollama", model_server.url, MODEL)])
        daemons.append(Daemon(tmp_path / f"daemon{len(daemons)}", **options))
        return daemons[-1]

    yield make
    for each in daemons:
        each.stop()


@pytest.fixture
def daemon(make_daemon):
    """A running daemon that has reached the model server."""
    return make_daemon().start().wait_for_model_server()


# A sanitizer makes one long handler ten times as long.
HANGS_SOON = {"supervision.fault_injection": "true",
              "supervision.hang_after_ms": "15000" if SANITIZER else "1500"}


@pytest.fixture
def shelly(make_daemon):
    """A daemon whose shell skill is enabled, and whose sandboxes work."""
    return shelly_of(make_daemon, "bubblewrap")


def shelly_of(make_daemon, runtime):
    daemon = make_daemon(settings={**HANGS_SOON,
                                   "sandbox.runtimes": f'["{runtime}"]',
                                   "sandbox.max_agents": "4"}).start()
    found = eventually(lambda: isolation(daemon)["runtimes"],
                       "isolation is tried")
    if not found[0]["works"]:
        pytest.skip(f"{runtime} does not work here: {found[0]['why_not']}")
    missing = set(isolation(daemon)["unenforced"])
    if missing:
        pytest.skip(f"not enforced here: {missing}")
    ask(daemon, "POST", "/api/skills/shell/enable")
    return daemon


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True)
    return cert, key


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed:
        for each in item.stash.get(LOGS, []):
            report.sections.append((f"log of {each.folder.name}", each.log()))
