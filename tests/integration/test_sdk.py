"""The vendors' own npm clients: they prove the fixtures, and use our front."""

from asking import ask
from daemon import eventually
from npm_script import run_npm
from vendor_server import KEY, MODELS, TEXT, VendorServer

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
        run_npm("sdk", "clients.mjs", told)
