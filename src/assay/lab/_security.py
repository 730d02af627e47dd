"""Lets only the user's own browser reach the lab.

The lab listens on the loopback interface, but other users of the machine and any page
in the browser can send requests there. Therefore every request needs the secret token
of this process, and must be addressed to, and come from, the lab's own pages.
"""

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Guard", "cookie_name"]

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Static files keep their names between versions, so browsers must ask each time.
    "cache-control": "no-cache",
}
_NO_TOKEN = """<!doctype html><html lang="en"><title>Assay lab</title>
<h1>This address lacks its token</h1>
<p>Open the address that <code>assay lab</code> printed in the terminal. It ends in
<code>?token=…</code> and is valid until the lab is stopped.</p></html>"""


def cookie_name(port: int) -> str:
    """Return the name of the cookie; all ports of a host share their cookies."""
    return f"assay_lab_{port}"


class Guard:
    """Rejects requests that do not come from the user's own browser.

    Args:
        app: the application behind the guard.
        token: the secret of this process.
        port: port on which the lab is served.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.cookie = cookie_name(port)
        names = ("127.0.0.1", "localhost", "[::1]")
        self.hosts = {f"{name}:{port}" for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":  # no web sockets
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        response = self.refusal(scope)
        app = self.app if response is None else response
        if response is None and scope["path"] == "/":
            app = self._with_cookie(scope)
        await app(scope, receive, send_with_headers)

    def refusal(self, scope: Scope) -> Response | None:
        """Return why a request is refused, or None if it is allowed."""
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            return _error("The address of the lab is 127.0.0.1.", 421)
        if not self._is_same_origin(headers):
            return _error("Only pages of the lab may send requests to it.", 403)
        if self._has_token(scope, headers):
            return None
        if scope["path"] == "/":
            return HTMLResponse(_NO_TOKEN, 403)
        return _error(
            "The token is missing. Open the address that assay lab shows.", 403
        )

    def _is_same_origin(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers['host']}":
            return False
        # "none" is an address that the user typed or opened from another program
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        given = [headers.get("x-assay-token", "")]
        if scope["path"] == "/":
            given += parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        if self.cookie in cookies:
            given.append(cookies[self.cookie].value)
        wanted = self.token.encode()
        return any(secrets.compare_digest(one.encode(), wanted) for one in given)

    def _with_cookie(self, scope: Scope) -> ASGIApp:
        """Return the application with the token's cookie set on its answer."""
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_with_cookie(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).append("set-cookie", cookie)
                await send(message)

            await self.app(scope, receive, send_with_cookie)

        return app


def _error(message: str, status: int) -> Response:
    return JSONResponse({"error": message}, status)
