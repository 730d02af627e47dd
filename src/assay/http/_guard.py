"""Rejects requests with a wrong host, origin or token."""

import secrets
from collections.abc import Callable, Iterator, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "refusal_response"]

_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Responses may change, so browsers must not cache them.
    "cache-control": "no-cache",
}


class Guard:
    """Rejects requests from other sites' pages and from users without the token.

    Subclasses may change the messages.

    Pages on other sites can send requests to any address that the browser can reach,
    and their domain may even resolve to the address of this server. Therefore, a
    request must have a known host, must not come from another site's page, and must
    contain the token if there is one.

    Args:
        app: the application to protect.
        token: the secret that requests must contain; None if no token is needed.
        is_host: function that returns whether a host, such as "127.0.0.1:8765", is a
            valid name for this server.
        policy: content security policy for responses that do not set their own.
    """

    name = "server"

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str | None,
        is_host: Callable[[str], bool],
        policy: str,
    ) -> None:
        self.app = app
        self.token = token
        self.is_host = is_host
        self.headers: Mapping[str, str] = _HEADERS | {"content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application, or reject it."""
        if scope["type"] != "http":  # WebSocket connections are not accepted
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        response = self.refusal(scope)
        app = self.allowed(scope) if response is None else response
        await app(scope, receive, send_with_headers)

    def allowed(self, scope: Scope) -> ASGIApp:
        """Return the application that handles an allowed request."""
        return self.app

    def refusal(self, scope: Scope) -> Response | None:
        """Return a response that rejects the request, or None if it is allowed."""
        headers = Headers(scope=scope)
        if not self.is_host(headers.get("host", "")):
            return self.wrong_host()
        if not _is_same_origin(headers):
            message = f"Only the {self.name}'s own pages may send requests to it."
            return refusal_response(message, 403)
        return None if self._has_token(scope, headers) else self.no_token(scope)

    def wrong_host(self) -> Response:
        """Return the response to a request for an unknown host."""
        return refusal_response(
            f"The {self.name} is not available at this address.", 421
        )

    def no_token(self, scope: Scope) -> Response:
        """Return the response to a request without the token."""
        return refusal_response("The token is missing or wrong.", 401)

    def tokens(self, scope: Scope, headers: Headers) -> Iterator[str]:
        """Yield all values in a request that could be the token."""
        yield headers.get("x-assay-token", "")

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        if self.token is None:
            return True
        wanted, given = self.token.encode(), self.tokens(scope, headers)
        return any(secrets.compare_digest(one.encode(), wanted) for one in given)


def _is_same_origin(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None and origin not in _own_origins(headers["host"]):
        return False
    # "none" means that the user entered the address or opened it from another program.
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def _own_origins(host: str) -> tuple[str, str]:
    """Return the origins of a host's pages: http, or https behind a proxy."""
    return f"http://{host}", f"https://{host}"


def refusal_response(message: str, status: int) -> Response:
    """Return a response with an error message."""
    return JSONResponse({"error": message}, status)
