"""The command serves in a process of its own, and signals stop it cleanly."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def start(ctrl_c_interrupts):
    """A function that starts a process, which ends with the test."""
    started = []

    def run(*words):
        command = [sys.executable, "-m", "assay", "serve", *map(str, words)]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_requests_finish(start, iris_run, number):
    process = start(iris_run.path, "--port", "0")
    line = process.stderr.readline()
    assert line.startswith("The model small-1 is served at http://127.0.0.1:")
    port = int(line.rpartition(":")[2])
    body = json.dumps({"rows": [[5.1, 3.5, 1.4, 0.2]]}).encode()
    head = (
        f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    expect = b"Expect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head.encode() + expect)
        assert b"100 Continue" in connection.recv(1000)  # the request is under way
        process.send_signal(number)
        time.sleep(0.3)
        connection.sendall(body)
        answer = b""
        while part := connection.recv(10_000):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b'"prediction":"setosa"' in answer
    assert process.wait(60) == 0
    assert process.stderr.read() == "Press Ctrl-C to stop.\n"


def test_options_are_checked(start, iris_run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words, message in (
            ((iris_run.path, "--port", "x"), "0 <= --port <= 65535"),
            ((iris_run.path, "--port", port), f"Port {port} is taken."),
            ((tmp_path / "none",), "No run found in"),
        ):
            process = start(*words)
            assert message in process.communicate(timeout=60)[1]
            assert process.returncode == 2
