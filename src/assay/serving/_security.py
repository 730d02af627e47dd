"""Determines which requests are allowed.

Without a token, the server listens only on the loopback interface, and requests must be
addressed to a name of this computer. Requests from other sites' pages have a different
host name or origin, so they are rejected.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

from assay import http
from assay.http import refusal_response

__all__ = ["Guard", "Hosts", "is_loopback"]

_POLICY = "default-src 'none'; frame-ancestors 'none'"
_PAGES = ("/", "/docs")


def is_loopback(host: str) -> bool:
    """Return whether a host can be reached only from this computer.

    Example:
        >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class Hosts:
    """The host names under which clients may access a server, with any port.

    Any port is allowed, because tunnels and containers change ports. If the server
    listens on all addresses, any IP address is allowed, because other sites can attack
    only through a domain name.

    Args:
        host: address or name on which the server listens.
        names: other names of the server, such as the name of a proxy.

    Example:
        >>> hosts = Hosts("127.0.0.1")
        >>> hosts("localhost:8000"), hosts("[::1]:80"), hosts("evil.example:8000")
        (True, True, False)
    """

    def __init__(self, host: str, names: Sequence[str] = ()) -> None:
        address = _address(host)
        self._any_address = address is not None and address.is_unspecified
        own = [socket.gethostname(), socket.getfqdn()] if self._any_address else []
        known = ("localhost", "127.0.0.1", "::1", host, *names, *own)
        self._names = {name.lower() for name in known}

    def __call__(self, given: str) -> bool:
        """Return whether a Host header is allowed."""
        name = _without_port(given).lower()
        if self._any_address and _address(name) is not None:
            return True
        return name in self._names


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


class Guard(http.Guard):
    """Rejects requests without the token and requests from other sites' pages.

    Args:
        app: the application to protect.
        token: the secret that clients must send; None if no token is needed.
        hosts: function that returns whether a Host header is allowed.
    """

    def __init__(
        self, app: ASGIApp, *, token: str | None, hosts: Callable[[str], bool]
    ) -> None:
        super().__init__(app, token=token, is_host=hosts, policy=_POLICY)

    def wrong_host(self) -> Response:
        """Return the response to a request for an unknown host."""
        message = (
            "The server does not accept this host name. To accept it, start the server "
            "with --allow-host NAME."
        )
        return refusal_response(message, 421)

    def no_token(self, scope: Scope) -> Response:
        """Return the response to a request without the token."""
        message = (
            "The token is missing or wrong. Send the header Authorization: Bearer "
            "TOKEN with the token that assay serve prints."
        )
        answer = refusal_response(message, 401)
        answer.headers["www-authenticate"] = "Bearer"
        return answer

    def tokens(self, scope: Scope, headers: Headers) -> Iterator[str]:
        """Yield the tokens in the headers and, for pages, the token in the URL."""
        yield from super().tokens(scope, headers)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            yield token.strip()
        # Browsers cannot send the header when they open a page.
        if scope["path"] in _PAGES:
            query = parse_qs(scope["query_string"].decode("latin-1"))
            yield from query.get("token", [])
        if scope["path"] == "/health" and self.token is not None:
            # Health checks require no token, because they return no data.
            yield self.token
