"""`assay lab` checks its options before it starts anything."""

import socket

import pytest


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_out_of_range_is_refused(command, port):
    done = command("lab", f"--port={port}", "--no-browser")
    assert done.code == 2
    assert "1 <= --port <= 65535" in done.err


def test_a_port_that_is_taken_is_refused(command, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = command("lab", "--port", port, "--no-browser")
    assert done.code == 2
    assert f"Port {port} is taken" in done.err
    assert not (tmp_path / "runs").exists()
