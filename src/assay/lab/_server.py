"""Serves the lab on the loopback interface."""

import secrets
import sys
import webbrowser
from pathlib import Path

from assay.http import WebServer, listen, make_server
from assay.lab._app import make_app
from assay.lab.runs._folder import set_root
from assay.lab.runs._processes import start_first
from assay.records import run_folders

__all__ = ["Lab", "make_lab", "serve"]

HOST = "127.0.0.1"
PORT = 8765


class Lab(WebServer):
    """A lab server that is ready to run. Its address contains the token."""


def make_lab(runs: Path, *, port: int | None = None, token: str | None = None) -> Lab:
    """Return a lab for the runs in a folder; see `serve`."""
    listener = listen(HOST, (PORT, 0) if port is None else (port,))
    bound: int = listener.getsockname()[1]
    token = token or secrets.token_urlsafe(24)
    set_root(runs)
    server = make_server(
        make_app(token=token, port=bound),
        # Do not wait longer, because event streams do not end on their own.
        seconds_to_finish=1,
    )
    return Lab(server, listener, f"http://{HOST}:{bound}/?token={token}")


def serve(
    runs: Path,
    *,
    port: int | None = None,
    browser: bool = True,
    token: str | None = None,
) -> None:
    """Print the address of the lab and serve it until Ctrl-C.

    If there are no runs yet, the lab starts one on handwritten digits.

    Args:
        runs: folder that contains the runs; it does not have to exist yet.
        port: port to listen on; by default, 8765 or, if it is taken, any free port.
        browser: whether to open the page in a browser.
        token: the secret in the address; by default, a new random one.

    Raises:
        InputError: the port is taken.
    """
    lab = make_lab(runs, port=port, token=token)
    # New users should see a run without having to configure anything.
    if not run_folders(runs):
        start_first()
    print(
        f"The lab is at {lab.address}\nPress Ctrl-C to stop it.",
        file=sys.stderr,
        flush=True,
    )
    if browser:
        webbrowser.open(lab.address)
    lab.run()
