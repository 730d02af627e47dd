"""Code shared by the web servers: JSON bodies, request checks and sockets."""

from assay.http._guard import Guard, refusal_response
from assay.http._json import JsonResponse, read_body, read_bytes, to_numbers
from assay.http._listener import listen, loopback_hosts
from assay.http._server import WebServer, make_server

__all__ = [
    "Guard",
    "JsonResponse",
    "WebServer",
    "listen",
    "loopback_hosts",
    "make_server",
    "read_body",
    "read_bytes",
    "refusal_response",
    "to_numbers",
]
