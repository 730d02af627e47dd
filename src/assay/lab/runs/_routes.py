"""The routes for runs, training data and uploads."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assay._errors import InputError
from assay.http import JsonResponse, read_body
from assay.lab.runs import _processes
from assay.lab.runs._control import control
from assay.lab.runs._list import list_runs
from assay.lab.runs._probe import check_file
from assay.lab.runs._stream import stream
from assay.lab.runs._uploads import receive

__all__ = ["run_routes"]


def run_routes() -> list[Route]:
    """Return the routes that list, start, watch and control runs."""
    return [
        Route("/api/form", _form),
        Route("/api/data", _look_at, methods=["POST"]),
        Route("/api/uploads", _upload, methods=["POST"]),
        Route("/api/runs", _start, methods=["POST"]),
        Route("/api/runs", _list),
        Route("/api/runs/{name}/stream", stream),
        Route("/api/runs/{name}/control", _control, methods=["POST"]),
        Route("/api/runs/{name}/again", _again, methods=["POST"]),
        Route("/api/runs/{name}/doctor", _doctor, methods=["POST"]),
    ]


def _list(request: Request) -> Response:
    return JsonResponse(list_runs())


def _form(request: Request) -> Response:
    from assay.lab.runs._form import form

    return JsonResponse(form())


async def _look_at(request: Request) -> Response:
    fields = await read_body(request)
    return JsonResponse(await run_in_threadpool(_look, fields))


def _look(fields: dict[str, Any]) -> dict[str, Any]:
    from assay import spec
    from assay.experiment import look_at

    if not fields.get("data"):
        raise InputError("Choose a file or a built-in data set.")
    experiment = spec.Experiment(**fields)
    for source in (experiment.data, experiment.test_data):
        if isinstance(source, str):
            check_file(source)
    return look_at(experiment)


async def _upload(request: Request) -> Response:
    return JsonResponse(await receive(request))


async def _start(request: Request) -> Response:
    fields = await read_body(request)
    return JsonResponse({"name": await run_in_threadpool(_processes.start, fields)})


async def _again(request: Request) -> Response:
    rate = (await read_body(request)).get("learning_rate")
    if not isinstance(rate, int | float):
        raise InputError("The learning rate must be a positive number, such as 0.01.")
    name = request.path_params["name"]
    started = await run_in_threadpool(_processes.start_again, name, float(rate))
    return JsonResponse({"name": started})


async def _doctor(request: Request) -> Response:
    fix = bool((await read_body(request)).get("fix"))
    name = request.path_params["name"]
    return JsonResponse(await run_in_threadpool(_processes.examine, name, fix=fix))


async def _control(request: Request) -> Response:
    body = await read_body(request)
    name, action = request.path_params["name"], str(body.get("action"))
    return JsonResponse(await run_in_threadpool(control, name, action))
