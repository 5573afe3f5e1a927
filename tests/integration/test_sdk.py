"""The vendors' own npm clients: they prove the fixtures, and use our front."""

import json
import os
import pathlib
import subprocess

import pytest
from asking import ask
from daemon import eventually
from vendor_server import KEY, MODELS, TEXT, VendorServer

SDK = pathlib.Path(__file__).resolve().parent.parent / "sdk"
VENDORS = ["openai", "mistral", "anthropic", "google"]
MODEL = "llama3.2:3b"


def test_the_vendors_clients(make_daemon, model_server):
    daemon = make_daemon().start().wait_for_model_server()
    with VendorServer() as server:
        for vendor in VENDORS:
            ask(daemon, "POST", "/api/providers/register", {
                "provider_type": vendor, "name": vendor, "api_key": KEY,
                "base_url": server.base_url(vendor)})
            eventually(lambda name=vendor: ask(
                daemon, "GET", f"/api/providers/{name}/models")["models"],
                "its models are listed")
        told = {"vendors": {v: server.base_url(v) for v in VENDORS},
                "ollama": model_server.url, "key": KEY, "model": MODELS[0],
                "daemon": f"http://127.0.0.1:{daemon.port}", "text": TEXT,
                "ollamaModel": MODEL, "ollamaText": model_server.state.text}
        work = pathlib.Path(os.environ.get(
            "CLOSEDPAW_SDK_WORK", SDK.parent.parent / "build" / "sdk"))
        done = subprocess.run(
            [SDK / "sdk.sh", str(work), "clients.mjs", json.dumps(told)],
            capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 77:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
