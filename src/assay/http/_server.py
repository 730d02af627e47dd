"""Creates web servers that are ready to run."""

import socket
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

__all__ = ["WebServer", "make_server"]


@dataclass(frozen=True)
class WebServer:
    """A web server that is ready to run.

    Args:
        server: the uvicorn server.
        listener: the socket on which the server listens.
        address: URL of the server.
    """

    server: uvicorn.Server
    listener: socket.socket
    address: str

    def run(self) -> None:
        """Serve until Ctrl-C, or until `server.should_exit` is set."""
        self.server.run(sockets=[self.listener])


def make_server(
    app: ASGIApp, *, seconds_to_finish: int, **options: Any
) -> uvicorn.Server:
    """Return a server that logs only warnings and never prints the token.

    Args:
        app: the application to serve.
        seconds_to_finish: maximum time to wait for requests in progress when the server
            stops.
        options: other options for `uvicorn.Config`.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # access logs would contain the token
        server_header=False,
        timeout_graceful_shutdown=seconds_to_finish,
        **options,
    )
    return uvicorn.Server(config)
