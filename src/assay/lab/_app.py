"""The web application of the lab."""

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from assay._errors import AssayError, InputError
from assay.http import JsonResponse
from assay.lab._security import Guard
from assay.lab._subject import subject_routes
from assay.lab.runs._routes import run_routes
from assay.lab.trained._routes import trained_routes
from assay.lab.units._routes import unit_routes

__all__ = ["MOST_BYTES", "make_app"]

STATIC = Path(__file__).parent / "static"
MOST_BYTES = 512_000_000
"""Maximum size of a request body in bytes, including uploaded files."""


def make_app(*, token: str, port: int) -> Starlette:
    """Return the web application of the lab.

    Args:
        token: the secret that every request must contain.
        port: the port on which the application will be served.
    """
    return Starlette(
        routes=[
            *run_routes(),
            *trained_routes(),
            *unit_routes(),
            *subject_routes(),
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ],
        middleware=[Middleware(Guard, token=token, port=port)],
        exception_handlers={AssayError: _explained, Exception: _unexpected},
        max_body_size=MOST_BYTES,
    )


async def _explained(request: Request, error: Exception) -> Response:
    """Return a response that contains the error message."""
    status = 400 if isinstance(error, InputError) else 422
    return JsonResponse({"error": str(error)}, status)


async def _unexpected(request: Request, error: Exception) -> Response:
    words: Any = f"internal error (a bug in Assay): {type(error).__name__}: {error}"
    return JsonResponse({"error": words}, 500)
