"""Converts failures of remote sources to input errors that reveal no secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assay._errors import FULL, InputError
from assay._urls import is_url, without_secrets
from assay.data.sources.remote._protocols import Protocol

__all__ = ["report_failures", "shown_as"]

_DENIED, _ABSENT = (401, 403), (404, 410)
# Errors are recognized by name, so no library has to be imported.
_NO_CREDENTIALS = (
    *("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),
    *("DefaultCredentialsError", "RefreshError", "GatedRepoError"),
)
_NO_CONNECTION = (
    *("ClientConnectionError", "ClientPayloadError", "EndpointConnectionError"),
    *("ConnectTimeoutError", "ReadTimeoutError", "HTTPClientError", "TransportError"),
    *("NetworkError", "TimeoutException"),
)


@contextmanager
def report_failures(url: str, protocol: Protocol) -> Iterator[None]:
    """Context manager that converts errors from remote libraries to an InputError.

    Messages from the libraries are left out, because they may contain signatures.

    Raises:
        InputError: the object is missing, access is denied, or the network failed.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        raise InputError(_message(without_secrets(url), protocol, error)) from None


def _message(shown: str, protocol: Protocol, error: Exception) -> str:
    errors = list(_chain(error))
    codes = {code for one in errors for code in _codes(one)}
    names = {kind.__name__ for one in errors for kind in type(one).__mro__}
    if codes & {*_DENIED} or names & {"PermissionError", *_NO_CREDENTIALS}:
        return f"Access to {shown!r} was denied. {protocol.access}"
    if codes & {*_ABSENT}:
        return _absent(shown)
    if names & {"ConnectionError", "TimeoutError", "gaierror", *_NO_CONNECTION}:
        return (
            f"The connection to {shown!r} failed ({type(errors[-1]).__name__}). Check "
            "the network and the URL, and try again."
        )
    if names & {"FileNotFoundError"} and not codes:
        return _absent(shown)
    details = ", ".join([type(errors[-1]).__name__, *map(str, sorted(codes))])
    return (
        f"{shown!r} could not be read ({details}). Try again, or download the data "
        "with another program."
    )


def _absent(shown: str) -> str:
    return f"Nothing was found at {shown!r}. Check the spelling of the URL."


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _codes(error: BaseException) -> Iterator[int]:
    """Yield the HTTP status code of an error, if one of its attributes contains it."""
    for owner in (error, getattr(error, "response", None)):
        for name in ("status", "status_code", "code"):
            code = getattr(owner, name, None)
            if isinstance(code, int) and 400 <= code < 600:
                yield code
                return


@contextmanager
def shown_as(path: Any, source: Any) -> Iterator[None]:
    """Context manager that shows the source instead of its local copy in errors."""
    try:
        yield
    except InputError as error:
        if not is_url(source):
            raise
        shown = without_secrets(source)
        faults = [fault.replace(str(path), shown) for fault in error.faults]
        raise InputError(faults) from error
