"""Serves the lab on the loopback interface."""

import secrets
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path

import uvicorn

from assay._errors import InputError
from assay.lab._app import make_app
from assay.lab.runs import start
from assay.records import run_folders

__all__ = ["serve"]

HOST = "127.0.0.1"
PORT = 8765


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
    listener = _listener(port)
    port = listener.getsockname()[1]
    token = token or secrets.token_urlsafe(24)
    address = f"http://{HOST}:{port}/?token={token}"
    app = make_app(runs, token=token, port=port)
    if not run_folders(runs):  # something to watch, without any configuration
        start({"data": "digits"})
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # it would write the token
        server_header=False,
        timeout_graceful_shutdown=1,  # streams of events never end by themselves
    )
    server = uvicorn.Server(config)
    print(
        f"The lab is at {address}\nPress Ctrl-C to stop it.",
        file=sys.stderr,
        flush=True,
    )
    if browser:
        threading.Thread(target=_open, args=(server, address), daemon=True).start()
    server.run(sockets=[listener])


def _listener(port: int | None) -> socket.socket:
    for wanted in (PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wanted))
        except OSError:
            listener.close()
            continue
        return listener
    raise InputError(
        f"Port {port} is taken. Use another one, such as --port {PORT + 1}."
    )


def _open(server: uvicorn.Server, address: str) -> None:
    while not server.started:
        time.sleep(0.02)
    webbrowser.open(address)
