"""The routes for finished runs. The modules behind them are imported on first use."""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assay.http import JsonResponse, read_body
from assay.lab.runs._folder import find

__all__ = ["trained_routes"]

# The run may have been created by somebody else. In the sandbox, the report's origin
# differs from that of the lab, so its scripts cannot send requests to the lab.
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def trained_routes() -> list[Route]:
    """Return the routes for the records and models of finished runs."""
    run = "/api/runs/{name}"
    return [
        Route("/api/compare", _compare),
        Route(run, _of_run(_detail)),
        Route(f"{run}/worst", _of_run(_worst)),
        Route(f"{run}/importance", _of_run(_importance)),
        Route(f"{run}/rows", _rows),
        Route(f"{run}/predict", _of_run(_columns)),
        Route(f"{run}/predict", _predict, methods=["POST"]),
        Route(f"{run}/report", _report),
    ]


def _of_run(function: Callable[[str], dict[str, Any]]) -> Callable[[Request], Response]:
    """Return an endpoint that calls a function with the name of a run."""

    def answer(request: Request) -> Response:
        return JsonResponse(function(request.path_params["name"]))

    return answer


def _detail(name: str) -> dict[str, Any]:
    from assay.lab.trained._detail import detail

    return detail(name)


def _worst(name: str) -> dict[str, Any]:
    from assay.lab.trained._looks import worst_examples

    return worst_examples(name)


def _importance(name: str) -> dict[str, Any]:
    from assay.lab.trained._looks import important_inputs

    return important_inputs(name)


def _columns(name: str) -> dict[str, Any]:
    from assay.lab.trained._predict import columns_to_fill

    return columns_to_fill(name)


def _rows(request: Request) -> Response:
    from assay.lab.trained._looks import example_rows

    part = request.query_params.get("part", "train")
    return JsonResponse(example_rows(request.path_params["name"], part))


async def _predict(request: Request) -> Response:
    from assay.lab.trained._predict import predict

    body = await read_body(request)
    name = request.path_params["name"]
    return JsonResponse(await run_in_threadpool(predict, name, body))


def _compare(request: Request) -> Response:
    from assay.lab.trained._compare import compare

    names = request.query_params.get("runs", "").split(",")
    return JsonResponse(compare([name for name in names if name]))


def _report(request: Request) -> Response:
    folder = find(request.path_params["name"])
    headers = {"content-security-policy": _REPORT_POLICY}
    return HTMLResponse(folder.read_text("report.html"), headers=headers)
