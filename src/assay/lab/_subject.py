"""Serves the concepts of neural-network training to the overview page."""

import inspect
import tomllib
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assay.http import JsonResponse

__all__ = ["subject", "subject_routes"]

_FILE = Path(__file__).with_name("subject.toml")


def subject() -> list[dict[str, Any]]:
    """Return the areas of neural-network training and the concepts in each.

    Each concept has a name, a short explanation, the unit that demonstrates it, the
    option that sets it, the public names that implement it and the file that tests it.
    It may also specify the state in which the unit's page opens.
    """
    return tomllib.loads(_FILE.read_text("utf-8"))["area"]


def subject_routes() -> list[Route]:
    """Return the routes under `/api/subject`."""
    return [Route("/api/subject", _subject), Route("/api/subject/{name}", _document)]


def _subject(request: Request) -> Response:
    return JsonResponse(subject())


def _document(request: Request) -> Response:
    """Return the documentation of a public name that a concept refers to."""
    import assay

    name = request.path_params["name"]
    concepts = [concept for area in subject() for concept in area["concept"]]
    if not any(name in concept["names"] for concept in concepts):
        return JsonResponse({"error": f"No concept refers to {name!r}."}, 404)
    text = inspect.getdoc(getattr(assay, name)) or ""
    return JsonResponse({"name": name, "text": text})
