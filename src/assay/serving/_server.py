"""Serves the model of a run until a signal stops the server."""

import secrets
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from assay._errors import Faults
from assay.experiment import Run
from assay.http import WebServer, listen, make_server
from assay.serving._app import make_app
from assay.serving._security import Hosts, is_loopback

__all__ = ["HOST", "PORT", "Service", "make_service", "serve"]

HOST, PORT = "127.0.0.1", 8000
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SECONDS_TO_FINISH = 30
_SHORTEST_TOKEN = 16


@dataclass(frozen=True)
class Service(WebServer):
    """A model server that is ready to run. Its address does not contain the token.

    Args:
        token: secret that clients must send; None if no token is needed.
    """

    token: str | None

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, or until `server.should_exit` is set.

        The server completes requests in progress before it stops.
        """
        with _stopped_by_signals(self.server):
            super().run()


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Generator[None]:
    """Context manager in which SIGINT and SIGTERM stop the server, not the process.

    The server installs its own signal handlers. After it has stopped, it raises the
    signal again, so that the previous handlers run.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_service(
    run: Run,
    *,
    host: str = HOST,
    port: int | None = None,
    token: str | None = None,
    names: Sequence[str] = (),
) -> Service:
    """Return a server for the model of a run; see `serve`."""
    _check(host, token)
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    listener = listen(host, (PORT if port is None else port,))
    bound: int = listener.getsockname()[1]
    server = make_server(
        make_app(run, token=token, hosts=Hosts(host, names)),
        seconds_to_finish=_SECONDS_TO_FINISH,
        lifespan="on",
        ws="none",
    )
    shown = f"[{host}]" if ":" in host else host
    return Service(server, listener, f"http://{shown}:{bound}", token)


def _check(host: str, token: str | None) -> None:
    faults = Faults()
    if not host:
        faults.add("The host is empty. Use 127.0.0.1, or 0.0.0.0 for all addresses.")
    if token is not None and (len(token) < _SHORTEST_TOKEN or not _is_plain(token)):
        faults.add(
            f"The token must have at least {_SHORTEST_TOKEN} letters, digits or "
            "symbols, and no spaces. Omit it to generate a new token."
        )
    faults.raise_if_any()


def _is_plain(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token


def serve(
    run: Run,
    *,
    host: str = HOST,
    port: int | None = None,
    token: str | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serve the model of a run over HTTP until SIGINT or SIGTERM.

    The address is printed to standard error.

    Args:
        run: finished run.
        host: address to listen on. The default can be reached only from this computer;
            any other address requires a token.
        port: port to listen on, 0 for any free port; by default, 8000.
        token: secret that clients must send as `Authorization: Bearer TOKEN`. By
            default, a new token is generated and printed if the host is not a loopback
            address; otherwise, no token is needed.
        names: other names that clients use for the server, such as the name of a proxy.

    Raises:
        InputError: the port is taken, or the host is not an address of this computer.
    """
    service = make_service(run, host=host, port=port, token=token, names=names)
    lines = [f"The model {run.folder.name} is served at {service.address}"]
    if service.token is not None and token is None:
        lines.append(f"Token: {service.token}")
    print(*lines, "Press Ctrl-C to stop.", sep="\n", file=sys.stderr, flush=True)
    service.run()
