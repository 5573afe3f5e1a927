"""The real binary under test, and a small HTTP client for it."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import select
import signal
import subprocess
import time

BINARY = os.environ.get("CLOSEDPAW_BIN", "build/release/closedpaw")
SANITIZER = os.environ.get("CLOSEDPAW_SANITIZER", "")
# Generous: nothing here asserts how long something takes, only that it ends.
DEADLINE = 60 if SANITIZER else 20


def eventually(check, what, deadline=DEADLINE):
    """Calls `check` until it returns something true, and returns that."""
    end = time.monotonic() + deadline
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < end, f"did not happen in {deadline} s: {what}"
        time.sleep(0.01)


def read_words(path):
    with open(path, encoding="ascii") as file:
        return file.read().split()


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    """One keep-alive connection; not for use by two threads at once."""

    def __init__(self, port, timeout=DEADLINE):
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=timeout)

    def send(self, method, path, body=None, headers=None):
        """Only writes the request; receive() reads its answer."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body, headers)

    def receive(self):
        response = self.connection.getresponse()
        return Reply(response.status, response.headers, response.read())

    def request(self, method, path, body=None, headers=None):
        self.send(method, path, body, headers)
        return self.receive()

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, **headers):
        return self.request("POST", path, body, headers)

    def readable(self, seconds):
        """Whether any byte of an answer (or the end) came meanwhile."""
        return bool(select.select([self.connection.sock], [], [], seconds)[0])

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# Nobody is slowed down, but everybody is counted.
NO_LIMITS = {f"security.limits.{kind}_{what}": "1000000"
             for kind in ("read", "act", "approve", "admin")
             for what in ("per_second", "burst")}


class Daemon:
    """A daemon with a data directory of its own, on a port it picks itself.

    `settings` become --set options, but for those that are None; `providers` are (name, base URL, default
    model); `config` is more text for the configuration file.
    """

    def __init__(self, folder, providers=(), settings=None, config="", env=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data_dir = self.folder / "data"
        self.log_path = self.folder / "stderr.log"
        self.config_path = self.folder / "closedpaw.toml"
        # The quickest kind of isolation to try.
        self.settings = {"sandbox.runtimes": '["bubblewrap"]', **NO_LIMITS,
                         **(settings or {})}
        self.env = dict(env or {})
        self.process = None
        self.port = None
        # Where other machines come in, if they do.
        self.remote_port = None
        tables = [
            f'[[providers]]\nname = "{name}"\ntype = "ollama"\n'
            f'base_url = "{url}"\ndefault_model = "{model}"\n'
            for name, url, model in providers
        ]
        self.config_path.write_text("\n".join([config, *tables]))
        self.config_path.chmod(0o600)

    def start(self, port=0):
        assert self.process is None, "the daemon runs already"
        command = [BINARY, "serve", "--config", str(self.config_path),
                   "--listen", f"127.0.0.1:{port}",
                   "--data-dir", str(self.data_dir)]
        for key, value in self.settings.items():
            if value is not None:
                command += ["--set", f"{key}={value}"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, env={**os.environ, **self.env})
        self.port = self._read_port(b"listening on http://127.0.0.1:")
        if "http.remote.listen" in self.settings:
            self.remote_port = self._read_port(b"listening on https://127.0.0.1:")
        return self

    def _read_port(self, prefix):
        line = b""
        end = time.monotonic() + DEADLINE
        while not line.endswith(b"\n"):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self.process.stdout], [], [], left)[0]
            byte = os.read(self.process.stdout.fileno(), 1) if ready else b""
            if not byte:
                self.kill9()
                raise AssertionError(
                    f"the daemon did not start; said {line!r}\n{self.log()}")
            line += byte
        assert line.startswith(prefix), line
        return int(line[len(prefix):])

    def client(self, timeout=DEADLINE):
        return Client(self.port, timeout)

    def request(self, method, path, body=None, headers=None):
        with self.client() as client:
            return client.request(method, path, body, headers)

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, **headers):
        return self.request("POST", path, body, headers)

    def wait_for_model_server(self):
        eventually(lambda: self.get("/api/status").json["ollama_connected"],
                   "the provider connects")
        return self

    def signal_kill(self):
        """SIGKILL without waiting: for threads in the middle of the load."""
        self.process.send_signal(signal.SIGKILL)

    def kill9(self):
        self.process.kill()
        return self._reap()

    def terminate(self):
        """SIGTERM; returns the exit status, 0 for an orderly stop."""
        self.process.terminate()
        return self._reap()

    def wait(self):
        """For a process that is expected to end by itself."""
        return self._reap()

    def restart(self):
        if self.process:
            self.kill9()
        return self.start()

    def stop(self):
        if self.process:
            self.kill9()
        self._remove_groups()

    def _remove_groups(self):
        """Does what the next start with this data directory would do: a
        bubblewrap whose other half died with us before they had met waits for
        ever."""
        name = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]

        def left():
            found = False
            for top, folders, _ in os.walk("/sys/fs/cgroup"):
                if f"closedpaw-{name}" in folders:
                    found = True
                    for inner, _, _ in os.walk(f"{top}/closedpaw-{name}",
                                               topdown=False):
                        with contextlib.suppress(OSError):
                            for pid in read_words(f"{inner}/cgroup.procs"):
                                os.kill(int(pid), signal.SIGKILL)
                            os.rmdir(inner)
            return found

        eventually(lambda: not left(), "its control groups are left")

    def _reap(self):
        status = self.process.wait(timeout=DEADLINE)
        self.process.stdout.close()
        self.process = None
        return status

    def verify(self):
        """`closedpaw audit verify`: the whole Merkle tree, recomputed."""
        done = subprocess.run(
            [BINARY, "audit", "verify", "--data-dir", str(self.data_dir)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=DEADLINE, check=False)
        assert done.returncode == 0, f"verify: {done.stdout}{done.stderr}"

    def log(self, limit=20_000):
        """What it wrote to standard error; None for all of it."""
        if not self.log_path.exists():
            return ""
        text = self.log_path.read_text(errors="replace")
        return text if limit is None else text[-limit:]
