"""Serves the lab on the loopback interface."""

import secrets
import socket
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from assay.http import listen
from assay.lab._app import make_app
from assay.lab.runs._folder import set_root
from assay.lab.runs._processes import start_first
from assay.records import run_folders

__all__ = ["Lab", "make_lab", "serve"]

HOST = "127.0.0.1"
PORT = 8765


@dataclass(frozen=True)
class Lab:
    """A lab that is ready to be served.

    Args:
        server: the server.
        listener: the socket on which it listens.
        address: address with the token, to open in a browser.
    """

    server: uvicorn.Server
    listener: socket.socket
    address: str

    def run(self) -> None:
        """Serve until Ctrl-C, or until `server.should_exit` is set."""
        self.server.run(sockets=[self.listener])


def make_lab(runs: Path, *, port: int | None = None, token: str | None = None) -> Lab:
    """Return a lab for a folder of runs; see `serve`."""
    listener = listen(HOST, (PORT, 0) if port is None else (port,))
    bound: int = listener.getsockname()[1]
    token = token or secrets.token_urlsafe(24)
    set_root(runs)
    config = uvicorn.Config(
        make_app(token=token, port=bound),
        log_level="warning",
        access_log=False,  # it would write the token
        server_header=False,
        timeout_graceful_shutdown=1,  # streams of events never end by themselves
    )
    address = f"http://{HOST}:{bound}/?token={token}"
    return Lab(uvicorn.Server(config), listener, address)


def serve(
    runs: Path,
    *,
    port: int | None = None,
    browser: bool = True,
    token: str | None = None,
) -> None:
    """Serve the lab until Ctrl-C, and print its address.

    If there are no runs yet, one on the handwritten digits is started.

    Args:
        runs: folder of all runs, which need not exist yet.
        port: port to listen on; by default, 8765 or, if it is taken, any free port.
        browser: whether to open the page in a browser.
        token: secret in the address; by default, a new one.

    Raises:
        InputError: the port is taken.
    """
    lab = make_lab(runs, port=port, token=token)
    if not run_folders(runs):  # something to watch, without any configuration
        start_first()
    print(
        f"The lab is at {lab.address}\nPress Ctrl-C to stop it.",
        file=sys.stderr,
        flush=True,
    )
    if browser:
        webbrowser.open(lab.address)
    lab.run()
