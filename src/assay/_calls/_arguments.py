"""Explains calls with arguments that a function or a class does not accept."""

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from assay._errors import Faults, InputError, did_you_mean, fault

__all__ = ["check_paths", "explains_arguments", "explains_construction"]

P = ParamSpec("P")
R = TypeVar("R")
Class = TypeVar("Class", bound=type)

_BY_NAME = inspect.Parameter.KEYWORD_ONLY
_BY_POSITION = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
)


def explains_arguments(
    form: str, **kinds: type
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function so that errors about wrong arguments say how to call it.

    Args:
        form: how to write the call.
        **kinds: the class that each argument must be an instance of, by argument name.

    Example:
        >>> @explains_arguments("half(4)")
        ... def half(number):
        ...     return number / 2
        >>> half(4)
        2.0
        >>> half(value=4)
        Traceback (most recent call last):
        ...
        assay._errors.InputError: `half` has no argument 'value'. Write half(4).
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **fields: P.kwargs) -> R:
            if kinds and (wrong := _wrong_kind(call, args, fields, kinds)):
                raise InputError(f"{wrong} Write {form}.")
            try:
                return function(*args, **fields)
            except TypeError:
                wrong = _what_is_wrong(call, args, fields)
                if not wrong:  # the error is from within the function
                    raise
                raise InputError(f"{wrong} Write {form}.") from None

        return call

    return decorate


def explains_construction(form: str, **kinds: type) -> Callable[[Class], Class]:
    """Decorate a class so that errors about wrong arguments say how to construct it.

    Args:
        form: how to get an instance of the class.
        **kinds: the class that each argument must be an instance of, by argument name.
    """

    def decorate(kind: Class) -> Class:
        init: Any = explains_arguments(form, **kinds)(kind.__init__)
        init.__qualname__ = f"{kind.__name__}.__init__"
        kind.__init__ = init
        return kind

    return decorate


def check_paths(**paths: Any) -> None:
    """Raise an InputError for arguments that are neither paths nor None."""
    faults = Faults()
    for name, path in paths.items():
        if not isinstance(path, str | os.PathLike | None):
            fix = f"Write a path, such as {name}='runs/first'."
            faults.add(fault(f"isinstance({name}, str)", name, path, fix))
    faults.raise_if_any()


def _wrong_kind(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    fields: Mapping[str, Any],
    kinds: Mapping[str, type],
) -> str:
    """Return a message about an argument of the wrong class; "" if there is none."""
    given = dict(zip(inspect.signature(function).parameters, args, strict=False))
    for name, value in (given | dict(fields)).items():
        if name in kinds and not isinstance(value, kinds[name]):
            call = function.__qualname__.removesuffix(".__init__")
            wanted, got = kinds[name].__name__, type(value).__name__
            return f"`{call}` requires {name} to have type {wanted}, but got {got}."
    return ""


def _what_is_wrong(
    function: Callable[..., Any], args: tuple[Any, ...], fields: Mapping[str, Any]
) -> str:
    """Return the reason a function rejects its arguments; "" if it accepts them."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **fields)
    except TypeError:
        pass
    else:
        return ""
    parameters = dict(signature.parameters)
    name = function.__qualname__.removesuffix(".__init__")
    if parameters and next(iter(parameters)) in ("self", "cls"):
        del parameters[next(iter(parameters))]
        args = args[1:]
    unknown = [key for key in fields if key not in parameters]
    if unknown:
        near = did_you_mean(unknown[0], parameters)
        return f"`{name}` has no argument {unknown[0]!r}.{near}"
    by_position = [k for k, p in parameters.items() if p.kind in _BY_POSITION]
    named = [k for k, p in parameters.items() if p.kind in (*_BY_POSITION, _BY_NAME)]
    given = {*by_position[: len(args)], *fields}
    required = {key for key in named if parameters[key].default is signature.empty}
    missing = [key for key in named if key in required - given]
    if missing and len(args) <= len(by_position):
        return f"`{name}` is missing the argument {missing[0]!r}."
    most = len(by_position)
    return f"`{name}` got {len(args)} arguments by position, but takes at most {most}."
