"""The web application that serves a model."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assay._errors import InputError
from assay.experiment import Run
from assay.http import JsonResponse, read_bytes
from assay.serving._page import PAGE_POLICY, page
from assay.serving._predictor import Predictor, refusal
from assay.serving._refusal import Refusal
from assay.serving._security import Guard, Hosts
from assay.serving.bodies._formats import answer_type, body_type

__all__ = ["MOST_BYTES", "make_app"]

MOST_BYTES = 32_000_000
"""Maximum size of a request body in bytes."""

_FEW_BYTES = 20_000

Result = TypeVar("Result")


def make_app(
    run: Run, *, token: str | None = None, hosts: Callable[[str], bool] | None = None
) -> Starlette:
    """Return the ASGI application that serves the model of a run.

    Args:
        run: finished run.
        token: secret that clients must send; None if no token is needed.
        hosts: function that returns whether a Host header is allowed. By default, only
            names of this computer are allowed.

    Example:
        >>> import assay
        >>> app = make_app(assay.train("iris", trials=1, runs=None))
        >>> [route.path for route in app.routes][:2]
        ['/predict', '/model']
    """
    predictor = Predictor(run)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await run_in_threadpool(predictor.passes.compile)
        predictor.batcher.start()
        yield
        await run_in_threadpool(predictor.batcher.close)

    allowed = hosts or Hosts("127.0.0.1")
    return Starlette(
        routes=_routes(predictor, has_token=token is not None),
        middleware=[Middleware(Guard, token=token, hosts=allowed)],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _http_error,
            Exception: _unexpected,
        },
        lifespan=lifespan,
    )


def _routes(predictor: Predictor, *, has_token: bool) -> list[Route]:
    def show_page(request: Request) -> Response:
        text = page(
            predictor.schema,
            predictor.description,
            host=request.headers["host"],
            has_token=has_token,
        )
        return HTMLResponse(text, headers={"content-security-policy": PAGE_POLICY})

    def show_document(request: Request) -> Response:
        return JsonResponse(predictor.openapi(has_token=has_token))

    def show_model(request: Request) -> Response:
        return JsonResponse(predictor.description)

    async def predict(request: Request) -> Response:
        return await _predict(request, predictor)

    return [
        Route("/predict", predict, methods=["POST"]),
        Route("/model", show_model),
        Route("/health", _health),
        Route("/openapi.json", show_document),
        Route("/docs", show_page),
        Route("/", show_page),
    ]


async def _health(request: Request) -> Response:
    return JsonResponse({"status": "ok"})


async def _predict(request: Request, predictor: Predictor) -> Response:
    kind = body_type(request)
    wanted = answer_type(request, kind)
    body = await _read_body(request)
    frame = await _call(len(body), predictor.read, body, kind)
    try:
        answered = await predictor.batcher.predict(frame, frame.height)
    except InputError as error:
        raise refusal(error.faults) from None
    size = answered.predictions.nbytes
    answer, headers = await _call(size, predictor.answer, answered, wanted)
    return Response(answer, media_type=wanted, headers=headers)


async def _call(
    num_bytes: int, function: Callable[..., Result], *arguments: Any
) -> Result:
    """Call a function, in a separate thread if the data are large.

    The thread prevents large requests from blocking other requests. For a few rows,
    switching threads would take longer than reading the rows.
    """
    if num_bytes <= _FEW_BYTES:
        return function(*arguments)
    return await run_in_threadpool(function, *arguments)


async def _read_body(request: Request) -> bytes:
    """Return the request body.

    Raises:
        Refusal: the body is too large.
    """
    body = await read_bytes(request, MOST_BYTES)
    if body is None:
        raise Refusal(
            413,
            f"The body is larger than {MOST_BYTES} bytes. Send the rows in several "
            "requests.",
            {"connection": "close"},
        )
    return body


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _error(error.status, error.faults, error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = f"{error.detail}. GET / lists the supported requests."
    return _error(error.status_code, (words,), dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    words = f"internal error (a bug in Assay): {type(error).__name__}: {error}"
    return _error(500, (words,), {})


def _error(status: int, faults: tuple[str, ...], headers: dict[str, str]) -> Response:
    content: dict[str, Any] = {"error": "\n".join(faults), "faults": list(faults)}
    answer = JsonResponse(content, status)
    answer.headers.update(headers)
    return answer
