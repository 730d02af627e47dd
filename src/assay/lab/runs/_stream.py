"""Streams the events of a run to the browser as they are written."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from assay.http import to_numbers
from assay.lab.runs._folder import find
from assay.lab.runs._live import read_all, read_from
from assay.lab.runs._state import state_of
from assay.records import RunFolder

__all__ = ["stream"]

_POLL_SECONDS = 0.05  # limits the stream to twenty messages per second
_STATE_SECONDS = 0.5
_HEARTBEAT_SECONDS = 15
_MOST_DIGITS = 18  # maximum number of digits in a cursor


async def stream(request: Request) -> StreamingResponse:
    """Stream the events that follow the cursor sent by the browser."""
    folder = find(request.path_params["name"])
    last = request.headers.get("last-event-id", "")
    is_place = last.isdecimal() and len(last) <= _MOST_DIGITS
    cursor = int(last) if is_place else None
    return StreamingResponse(_events(folder, cursor), media_type="text/event-stream")


async def _events(folder: RunFolder, cursor: int | None) -> AsyncIterator[str]:
    state: dict[str, Any] = {}
    checked, sent = 0.0, time.monotonic()
    if cursor is None:
        lines, cursor = await asyncio.to_thread(read_all, folder)
        yield _message("start", lines, cursor)
    while True:
        lines, cursor = read_from(folder, cursor)
        now = time.monotonic()
        if lines:
            yield _message("lines", lines, cursor)
            sent = now
        if now - checked > _STATE_SECONDS:
            checked = now
            if (new := state_of(folder)) != state:
                state = new
                yield _message("state", state, cursor)
            if state["state"] == "finished":
                return
        if now - sent > _HEARTBEAT_SECONDS:
            yield ": still there\n\n"
            sent = now
        await asyncio.sleep(_POLL_SECONDS)


def _message(kind: str, data: Any, cursor: int) -> str:
    text = json.dumps(to_numbers(data), ensure_ascii=False, separators=(",", ":"))
    return f"id: {cursor}\nevent: {kind}\ndata: {text}\n\n"
