"""The addresses of runs."""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assay._errors import InputError
from assay.lab._json import JsonAnswer, read_body
from assay.lab.runs import _processes
from assay.lab.runs._control import control
from assay.lab.runs._detail import detail
from assay.lab.runs._folder import find
from assay.lab.runs._list import list_runs
from assay.lab.runs._stream import stream
from assay.lab.runs._uploads import receive

__all__ = ["run_routes"]

_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def run_routes() -> list[Route]:
    """Return the routes of runs, data and uploads."""
    run = "/api/runs/{name}"
    return [
        Route("/api/form", _form),
        Route("/api/data", _look_at, methods=["POST"]),
        Route("/api/uploads", _upload, methods=["POST"]),
        Route("/api/compare", _compare),
        Route("/api/runs", _start, methods=["POST"]),
        Route("/api/runs", _list),
        Route(run, _detail),
        Route(f"{run}/stream", stream),
        Route(f"{run}/control", _control, methods=["POST"]),
        Route(f"{run}/worst", _of_run("worst_examples")),
        Route(f"{run}/importance", _of_run("important_inputs")),
        Route(f"{run}/rows", _rows),
        Route(f"{run}/predict", _columns),
        Route(f"{run}/predict", _predict, methods=["POST"]),
        Route(f"{run}/report", _report),
    ]


def _list(request: Request) -> Response:
    return JsonAnswer(list_runs())


def _detail(request: Request) -> Response:
    return JsonAnswer(detail(request.path_params["name"]))


def _form(request: Request) -> Response:
    from assay.lab.runs._form import form

    return JsonAnswer(form())


async def _look_at(request: Request) -> Response:
    fields = await read_body(request)
    return JsonAnswer(await run_in_threadpool(_look, fields))


def _look(fields: dict[str, Any]) -> dict[str, Any]:
    from assay import spec
    from assay.experiment import look_at

    if not fields.get("data"):
        raise InputError("Choose a file, or a built-in data set.")
    return look_at(spec.Experiment(**fields))


async def _upload(request: Request) -> Response:
    return JsonAnswer(await receive(request))


async def _start(request: Request) -> Response:
    fields = await read_body(request)
    return JsonAnswer({"name": await run_in_threadpool(_processes.start, fields)})


async def _control(request: Request) -> Response:
    body = await read_body(request)
    name = request.path_params["name"]
    return JsonAnswer(await run_in_threadpool(control, name, str(body.get("action"))))


def _compare(request: Request) -> Response:
    from assay.lab.runs._compare import compare

    names = request.query_params.get("runs", "").split(",")
    return JsonAnswer(compare([name for name in names if name]))


def _of_run(function: str) -> Callable[[Request], Response]:
    """Return the answer of a function of `_looks`, which starts the engine."""

    def answer(request: Request) -> Response:
        from assay.lab.runs import _looks

        return JsonAnswer(getattr(_looks, function)(request.path_params["name"]))

    return answer


def _rows(request: Request) -> Response:
    from assay.lab.runs._looks import example_rows

    part = request.query_params.get("part", "train")
    return JsonAnswer(example_rows(request.path_params["name"], part))


def _columns(request: Request) -> Response:
    from assay.lab.runs._predict import columns_to_fill

    return JsonAnswer(columns_to_fill(request.path_params["name"]))


async def _predict(request: Request) -> Response:
    from assay.lab.runs._predict import predict

    body = await read_body(request)
    name = request.path_params["name"]
    return JsonAnswer(await run_in_threadpool(predict, name, body))


def _report(request: Request) -> Response:
    folder = find(request.path_params["name"])
    headers = {"content-security-policy": _REPORT_POLICY}
    return HTMLResponse(folder.read_text("report.html"), headers=headers)
