"""What the suites share: daemons, the model server, our programs."""

import contextlib
import itertools
import pathlib
import tempfile

MODEL = "llama3.2:3b"
ACTION = {"action_type": "model_switch", "parameters": {"model": MODEL}}


class Bench:
    def __init__(self, options):
        import daemon  # After CLOSEDPAW_BIN is set.
        import model_server

        self.build = options.build
        self.repetitions = options.repetitions
        self.seconds = options.seconds
        self.most = options.most
        self.tools = options.build / "benchmarks"
        self.models = model_server.ModelServer()
        self.make_client = daemon.Client
        self._make_daemon = daemon.Daemon
        self._numbers = itertools.count()
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        # On the disk of the build, since /tmp may be memory.
        self.folder = pathlib.Path(self._stack.enter_context(
            tempfile.TemporaryDirectory(dir=self.build)))
        self.models.start()
        self._stack.callback(self.models.stop)
        return self

    def __exit__(self, *_):
        self._stack.close()

    def empty_folder(self):
        made = self.folder / f"folder{next(self._numbers)}"
        made.mkdir()
        return made

    def new_daemon(self, durability="sync", url=None, **settings):
        """Not yet started."""
        return self._make_daemon(
            self.empty_folder(),
            providers=[("ollama", url or self.models.url, MODEL)],
            settings={"audit.durability": durability, "log.level": "warn",
                      **settings})

    @contextlib.contextmanager
    def daemon(self, durability="sync"):
        made = self.new_daemon(durability).start()
        try:
            yield made.wait_for_model_server()
        finally:
            made.stop()

    def store_with_actions(self, count=4096):
        """A data directory at rest with as many of the standard action."""
        return self.store_after("/api/actions", ACTION, count)

    def store_with_chats(self, count=4096):
        return self.store_after("/api/chat", {"message": "hi", "model": MODEL},
                                count)

    def store_after(self, path, body, count):
        with self.daemon("async") as made, made.client() as client:
            for _ in range(count):
                reply = client.request("POST", path, body)
                if reply.status != 200:
                    raise RuntimeError(f"POST {path}: {reply}")
            folder = made.data_dir
            made.terminate()
        return folder


def anonymous_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    line = next(x for x in status.splitlines() if x.startswith("RssAnon:"))
    return int(line.split()[1]) / 1024

