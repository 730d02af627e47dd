"""Restricts the lab to the user's own browser.

The lab listens on the loopback interface, but other users of the machine and any page
in the browser can send requests to it. Therefore, every request must contain the secret
token of this process, be addressed to the lab's host, and come from one of the lab's
own pages.
"""

from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assay import http
from assay.http import loopback_hosts, refusal_response

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
_NO_TOKEN = """<!doctype html><html lang="en"><title>Assay lab</title>
<h1>The token is missing from this address</h1>
<p>Open the address that <code>assay lab</code> printed in the terminal. It ends in
<code>?token=…</code> and is valid until the lab is stopped.</p></html>"""


def cookie_name(port: int) -> str:
    """Return the name of the cookie that contains the token.

    The name contains the port, because browsers share cookies between all ports of a
    host.
    """
    return f"assay_lab_{port}"


class Guard(http.Guard):
    """Rejects requests that do not come from the user's own browser.

    Args:
        app: the application to protect.
        token: the secret of this process.
        port: the port on which the lab is served.
    """

    name = "lab"

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        hosts = loopback_hosts(port)
        super().__init__(app, token=token, is_host=hosts.__contains__, policy=_POLICY)
        self.cookie = cookie_name(port)

    def allowed(self, scope: Scope) -> ASGIApp:
        """Return the application; for `/`, the response also sets the cookie."""
        return self._with_cookie() if scope["path"] == "/" else self.app

    def wrong_host(self) -> Response:
        """Return the response to a request for an unknown host."""
        return refusal_response("The lab is available only at 127.0.0.1.", 421)

    def no_token(self, scope: Scope) -> Response:
        """Return the response to a request without the token."""
        if scope["path"] == "/":
            return HTMLResponse(_NO_TOKEN, 403)
        message = "The token is missing. Open the address that assay lab printed."
        return refusal_response(message, 403)

    def tokens(self, scope: Scope, headers: Headers) -> Iterator[str]:
        """Yield the tokens found in the headers, the page's URL and the cookie."""
        yield from super().tokens(scope, headers)
        if scope["path"] == "/":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            yield from query.get("token", [])
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            cookies.clear()
        if self.cookie in cookies:
            yield cookies[self.cookie].value

    def _with_cookie(self) -> ASGIApp:
        """Wrap the application so that its responses set a cookie with the token."""
        cookie = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_with_cookie(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).append("set-cookie", cookie)
                await send(message)

            await self.app(scope, receive, send_with_cookie)

        return app
