"""Requests to the servers of `assay serve` and `assay lab`, without sockets."""

import asyncio
import io
import json
import random
import shutil
import typing
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from scripts.fuzz._mutate import ODD_VALUES, changed_bytes, changed_value, value_for
from scripts.fuzz.kinds._kind import Kind
from scripts.fuzz.kinds._runs import small_run

__all__ = ["SERVERS"]

_JSON, _ARROW = "application/json", "application/vnd.apache.arrow.stream"
_TYPES = (
    *(_JSON,) * 6,
    _ARROW,
    "text/csv",
    "",
    "*/*",
    "application/json;q=0",
    "a/b;;=,",
)
_TOKENS = (b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"NaN", b"1e999", b"\xff")
_TOKENS += (b'"rows"', b"9" * 400, b"[" * 300, b"\\ud800", b"\x00", b"\xff\xff\xff\xff")
_HOST = b"127.0.0.1:8000"
_TOKEN = "a-secret"

App = Callable[..., Awaitable[None]]


class Request(NamedTuple):
    """A request.

    Args:
        method: "GET" or "POST".
        path: quoted path, including the query.
        headers: headers by name.
        body: body of the request.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class _Server(Kind):
    """A server in this process."""

    app: App
    modules = ("assay.experiment._experiment", "assay.serving._app", "assay.lab._app")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._loop = asyncio.new_event_loop()

    def read(self, drawn: Request) -> None:
        """Send the request.

        Raises:
            AssertionError: the server failed, or its response is not JSON.
        """
        status, content = self._loop.run_until_complete(_send(self.app, drawn))
        assert status < 500 or status == 503, f"{status}: {content[:500]!r}"
        if content and status >= 400:
            words = json.loads(content) if content.startswith(b"{") else {"error": ""}
            assert "internal error" not in str(words["error"]), words

    def content(self, drawn: Request) -> bytes:
        """Return the request as text."""
        head = f"{drawn.method} {drawn.path}\n{json.dumps(drawn.headers)}\n\n"
        return head.encode("utf-8", "surrogatepass") + drawn.body


async def _send(app: App, request: Request) -> tuple[int, bytes]:
    """Send a request and return the status and the body of the response."""
    path, _, query = request.path.partition("?")
    headers = {"host": _HOST.decode(), "x-assay-token": _TOKEN, **request.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": _unquoted(path),
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode("utf-8", "surrogatepass"),
        "headers": [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    parts = [{"type": "http.request", "body": request.body, "more_body": False}]
    status, content = [], bytearray()

    async def receive() -> dict[str, Any]:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])
        else:
            content.extend(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except Exception:
        # After responding to an error, Starlette raises it again for the server's log.
        if not status:
            raise
    return status[0], bytes(content)


def _unquoted(path: str) -> str:
    """Decode a path in the same way as the server."""
    from urllib.parse import unquote

    return unquote(path)


class Serve(_Server):
    """Requests to a model server."""

    name, share = "serve", 0.07

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        from assay.experiment import load
        from assay.serving._app import make_app

        run = load(small_run(folder))
        app = make_app(run, hosts=lambda host: True)
        self.app = app
        self._lifespan = app.router.lifespan_context(app)
        self._loop.run_until_complete(self._lifespan.__aenter__())
        request = Request("GET", "/openapi.json", {}, b"")
        _, content = self._loop.run_until_complete(_send(app, request))
        self._document = json.loads(content)
        self._rows = self._document["components"]["schemas"]["Rows"]
        self._arrow = _arrow_stream(run.model.preparation.columns)

    def draw(self, source: random.Random) -> Request:
        """Draw a request that matches the OpenAPI document except for a few faults."""
        if source.random() < 0.05:
            paths = (*self._document["paths"], "/", "/docs", "/openapi.json", "/x%00")
            method = source.choice(("GET", "POST", "HEAD", "PUT", "OPTIONS"))
            return Request(method, source.choice(paths), {}, b"")
        kind = source.choice(_TYPES)
        if kind == _ARROW:
            body = self._arrow
        else:
            rows = value_for(self._rows, source, self._document)
            body = json.dumps(rows).encode("utf-8", "surrogatepass")
        if source.random() < 0.4:
            seeds = (body, self._arrow)
            body = changed_bytes(body, source, others=seeds, tokens=_TOKENS)
        headers = {"content-type": kind, "accept": source.choice(_TYPES)}
        return Request("POST", "/predict", headers, body)


def _arrow_stream(columns: Any) -> bytes:
    import polars as pl

    frame = pl.DataFrame({name: [1.0, 2.0, 3.0] for name in columns})
    frame.write_ipc_stream(buffer := io.BytesIO())
    return buffer.getvalue()


class Lab(_Server):
    """Requests to the lab, excluding those that start processes."""

    name, share = "lab", 0.01

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        from assay.lab._app import make_app
        from assay.lab.runs._folder import set_root
        from assay.lab.units import _registry

        run, runs = small_run(folder), folder / "runs"
        if not runs.exists():
            shutil.copytree(run, runs / run.name)
            shutil.copytree(run, runs / "stopped-1")
            (runs / "stopped-1" / "run.json").unlink()
        set_root(runs)
        self.app = make_app(token=_TOKEN, port=8000)
        for unit in _registry.UNITS:
            _registry.lesson_of(unit)
        self._requests = {
            f"/api/units/{unit}/{request}": _schema_of(function)
            for (unit, request), function in sorted(_registry._handlers.items())
        }

    def draw(self, source: random.Random) -> Request:
        """Draw a request to one of the routes."""
        if source.random() < 0.5:
            path = source.choice([*self._requests])
            body = value_for(self._requests[path], source)
        else:
            path, body = self._of_runs(source)
        if isinstance(body, dict) and source.random() < 0.2:
            body = changed_value(body, source)
        data = json.dumps(body).encode("utf-8", "surrogatepass")
        if source.random() < 0.1:
            data = changed_bytes(data, source, others=[data], tokens=_TOKENS)
        method = "GET" if body is None else "POST"
        odd = str(source.choice(ODD_VALUES))
        headers = {"last-event-id": odd} if source.random() < 0.1 else {}
        return Request(method, path, headers, b"" if body is None else data)

    def _of_runs(self, source: random.Random) -> tuple[str, Any]:
        """Return the path and body of a request about runs and data."""
        name = source.choice(("iris-1", "iris-1", "stopped-1", "..", "iris-1/..", ""))
        if source.random() < 0.15:
            name = str(source.choice(ODD_VALUES))
        run = f"/api/runs/{quote(name, safe='', errors='replace')}"
        row = {f"feature{n}": source.choice(ODD_VALUES) for n in range(4)}
        part = source.choice(("train", "val", "test", "x", ""))
        fields = {"data": "iris", "seed": 1, "split": {"by": "class"}, "ignore": []}
        requests: tuple[tuple[str, Any], ...] = (
            *((run, None), (f"{run}/rows?part={part}", None), (f"{run}/worst", None)),
            *(
                (f"{run}/importance", None),
                (f"{run}/report", None),
                ("/api/runs", None),
            ),
            *((f"{run}/predict", None), (f"{run}/predict", {"row": row})),
            *((f"{run}/control", {"action": "pause"}), ("/api/form", None)),
            *((f"/api/compare?runs={quote(name, errors='replace')},iris-1", None),),
            *(("/api/data", fields), ("/api/subject", None), (f"/{name}", None)),
        )
        path, body = source.choice(requests)
        return path.encode("ascii", "replace").decode(), body


def _schema_of(function: Any) -> dict[str, Any]:
    """Return the schema of a request to a unit."""
    return next(iter(typing.get_type_hints(function).values())).model_json_schema()


SERVERS = (Serve, Lab)
