"""Runs wrk, and the servers that it loads."""

import contextlib
import json
import os
import re
import select
import subprocess

# The load has a core to itself as far as it is concerned: it stays on the last.
ON_OWN_CORE = ["taskset", "-c", str(os.cpu_count() - 1)] \
    if os.cpu_count() > 1 else []

# One JSON line on standard output, and an answer that is not 2xx is an error.
SCRIPT = """
wrk.method = "%s"
wrk.body = %s
wrk.headers["Content-Type"] = %s
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nJSON {"requests": %%d, "microseconds": %%d, "errors": %%d, ' ..
    '"p50_us": %%d, "p99_us": %%d}\\n', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
"""


def said_by(command):
    """What a program prints; raises with why it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with "
                           f"{done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def wrk(port, path, seconds, folder, body=None, connections=32):
    """Requests per second and latencies of one run; raises on any error."""
    script = os.path.join(folder, "wrk.lua")
    with open(script, "w", encoding="utf-8") as stream:
        stream.write(SCRIPT % (
            "GET" if body is None else "POST",
            "nil" if body is None else json.dumps(body),
            "nil" if body is None else '"application/json"'))
    said = said_by(
        [*ON_OWN_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script,
         f"http://127.0.0.1:{port}{path}"])
    found = re.search(r"^JSON (.*)$", said, re.M)
    result = json.loads(found[1])
    if result["errors"] or not result["requests"]:
        raise RuntimeError(f"wrk {path}: {said}")
    result["per_second"] = result["requests"] / (result["microseconds"] / 1e6)
    return result


def answer_bytes(client, method, path, body=None):
    """One whole response of the daemon, for the bare server to repeat."""
    reply = client.request(method, path, body)
    if reply.status != 200:
        raise RuntimeError(f"{method} {path}: {reply}")
    head = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode("latin-1") + reply.body


@contextlib.contextmanager
def bare_beast(binary, answer, folder):
    """The port of a bare Beast server that answers these bytes."""
    path = os.path.join(folder, "answer.http")
    with open(path, "wb") as stream:
        stream.write(answer)
    with listening(binary, path) as port:
        yield port


@contextlib.contextmanager
def listening(binary, *arguments):
    """The port that one of our servers prints."""
    process = subprocess.Popen([binary, *map(str, arguments)],
                               stdout=subprocess.PIPE)
    try:
        if not select.select([process.stdout], [], [], 20)[0]:
            raise RuntimeError(f"{binary} did not start")
        yield int(process.stdout.readline().rsplit(b":", 1)[1])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def tool(command):
    """The JSON object that one of our benchmark programs prints."""
    return json.loads(said_by(command))


def tool_lines(command):
    """The same of one that prints several, one a line."""
    return [json.loads(line) for line in said_by(command).splitlines()]


def open_loop(binary, port, path, body, rate, seconds):
    """Latencies from when each request was due; raises on any error."""
    result = tool([*ON_OWN_CORE, binary, f"http://127.0.0.1:{port}{path}",
                   f"--rate={rate}", f"--seconds={seconds}",
                   *([] if body is None else ["--body", json.dumps(body)])])
    if result["errors"]:
        raise RuntimeError(f"{path}: {result}")
    return result
