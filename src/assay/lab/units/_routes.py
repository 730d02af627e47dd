"""The routes for the units."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assay.http import JsonResponse, read_body
from assay.lab.units._notebook import notebook
from assay.lab.units._registry import lesson_of, respond

__all__ = ["unit_routes"]


def unit_routes() -> list[Route]:
    """Return the routes under `/api/units`."""
    return [
        Route("/api/units/{unit}", _lesson),
        Route("/api/units/{unit}/notebook", _notebook),
        Route("/api/units/{unit}/{name}", _respond, methods=["POST"]),
    ]


def _lesson(request: Request) -> Response:
    told = lesson_of(request.path_params["unit"], request.query_params)
    return JsonResponse(told)


def _notebook(request: Request) -> Response:
    unit = request.path_params["unit"]
    name = f'attachment; filename="{unit}.ipynb"'
    return JsonResponse(
        notebook(lesson_of(unit, request.query_params)),
        headers={"content-disposition": name},
    )


async def _respond(request: Request) -> Response:
    body = await read_body(request)
    unit, name = request.path_params["unit"], request.path_params["name"]
    return JsonResponse(await run_in_threadpool(respond, unit, name, body))
