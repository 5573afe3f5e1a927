"""The operator's page: what the server sends, and Chromium using it."""

import re
import shutil

import pytest

from npm_script import run_npm

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; "
          "connect-src 'self'; img-src data:; base-uri 'none'; "
          "form-action 'none'; frame-ancestors 'none'")


def links(path, text):
    """What a file of the page refers to, as absolute paths."""
    folder = path.rsplit("/", 1)[0] if path.endswith(".js") else ""
    for target in re.findall(r'(?:href|src|from)[= ]"([^"#:]+)"', text):
        if target.startswith("/"):
            yield target
        elif target.startswith("./"):
            yield folder + target[1:]
        elif target.startswith("../"):
            yield folder.rsplit("/", 1)[0] + target[2:]


def test_everything_the_page_needs_comes_from_the_daemon(make_daemon):
    client = make_daemon().start().client()
    seen, left = set(), ["/dashboard"]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        reply = client.get(path)
        assert reply.status == 200, path
        assert reply.headers["Content-Security-Policy"] == POLICY
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        kind = reply.headers["Content-Type"]
        expected = {"js": "text/javascript", "css": "text/css"}.get(
            path.rsplit(".", 1)[-1], "text/html")
        assert kind == f"{expected}; charset=utf-8"
        # What is vendored refers to nothing.
        if "/vendor/" not in path:
            left += links(path, reply.body.decode())
    assert {"/dashboard/app.js", "/dashboard/style.css",
            "/dashboard/vendor/preact.js", "/dashboard/vendor/uplot.js",
            "/dashboard/views/tree.js"} <= seen


def test_a_file_that_did_not_change_is_not_sent_again(make_daemon):
    client = make_daemon().start().client()
    first = client.get("/dashboard/app.js")
    again = client.get("/dashboard/app.js",
                       **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get("/dashboard/style.css",
                       **{"If-None-Match": first.headers["ETag"]})
    assert other.status == 200
    assert client.get("/dashboard/../config").status == 404


def test_the_timeline(make_daemon):
    client = make_daemon().start().client()
    shown = client.get("/api/timeline").json
    assert shown["interval_s"] == 5
    assert {"requests", "request_p95", "memory", "tokens"} <= {
        s["name"] for s in shown["series"]}
    # The first look is at the start; it knows no growth.
    memory = next(s for s in shown["series"] if s["name"] == "memory")
    assert len(memory["values"]) == len(shown["times"]) >= 1
    assert memory["values"][0] > 1_000_000
    last = shown["times"][-1]
    later = client.get(f"/api/timeline?since={last}").json
    assert all(t > last for t in later["times"])
    wrong = client.get("/api/timeline?since=yesterday")
    assert wrong.status == 422
    assert "since" in str(wrong.json["detail"])


def test_in_a_browser(make_daemon):
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not installed (see config/debian-packages.txt)")
    daemon = make_daemon(
        settings={"supervision.fault_injection": "true"}).start()
    daemon.wait_for_model_server()
    print(run_npm("browser", "dashboard.mjs", {
        "url": f"http://127.0.0.1:{daemon.port}", "chromium": chromium}))
