"""The routes for the units."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assay.http import JsonAnswer, read_body
from assay.lab.units._notebook import notebook
from assay.lab.units._registry import answer, lesson_of

__all__ = ["unit_routes"]


def unit_routes() -> list[Route]:
    """Return the routes under `/api/units`."""
    return [
        Route("/api/units/{unit}", _lesson),
        Route("/api/units/{unit}/notebook", _notebook),
        Route("/api/units/{unit}/{question}", _answer, methods=["POST"]),
    ]


def _lesson(request: Request) -> Response:
    return JsonAnswer(lesson_of(request.path_params["unit"]))


def _notebook(request: Request) -> Response:
    unit = request.path_params["unit"]
    name = f'attachment; filename="{unit}.ipynb"'
    return JsonAnswer(notebook(lesson_of(unit)), headers={"content-disposition": name})


async def _answer(request: Request) -> Response:
    body = await read_body(request)
    unit, question = request.path_params["unit"], request.path_params["question"]
    return JsonAnswer(await run_in_threadpool(answer, unit, question, body))
