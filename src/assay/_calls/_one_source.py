"""Explains how to rewrite calls from other libraries, such as `train(X, y)`."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from assay._errors import InputError

__all__ = ["check_call", "holds_arrays", "takes_one_source"]

P = ParamSpec("P")
R = TypeVar("R")

_INPUTS = ("X", "x", "inputs", "X_train", "x_train")
_TARGETS = ("y", "Y", "label", "labels", "targets", "y_train")
_VALIDATION = ("validation_data", "val_data", "eval_set", "X_val", "y_val")


def takes_one_source(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a function whose only positional argument is the source of the data.

    Args:
        name: name of the argument.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **fields: P.kwargs) -> R:
            check_call(f"{function.__name__}({{}})", name, args, fields)
            return function(*args, **fields)

        return call

    return decorate


def check_call(
    form: str, name: str, args: tuple[Any, ...], fields: Mapping[str, Any]
) -> None:
    """Raise an InputError for a call that passes inputs and targets separately.

    Args:
        form: how to write the call, with braces instead of the arguments.
        name: name of the argument with the data.
        args: the positional arguments.
        fields: the keyword arguments.
    """
    if (right := _right(name, args, fields)) is not None:
        raise InputError(f"{right[0]} Write {form.format(right[1])}.")
    if validation := [key for key in _VALIDATION if _is_data(fields.get(key))]:
        raise InputError(
            f"{validation[0]} cannot be passed, because the validation set is taken "
            "from the data. Remove it, or add it to the data. To set its size, write "
            "split={'train': 0.65, 'val': 0.2, 'test': 0.15}."
        )
    if _is_data(fields.get("sample_weight")):
        raise InputError(
            "sample_weight is not supported: all examples are weighted equally. "
            "Remove it. To weight classes, write class_weights='balanced'."
        )


def _right(
    name: str, args: tuple[Any, ...], fields: Mapping[str, Any]
) -> tuple[str, str] | None:
    """Return what is wrong with the arguments and a fix; None if nothing is wrong."""
    inputs = [key for key in _INPUTS if key in fields]
    targets = [key for key in _TARGETS if _is_data(fields.get(key))]
    targets += ["target"] if holds_arrays([fields.get("target")]) else []
    if len(args) == 2 and isinstance(args[1], str):
        return "The target must be passed by name.", f"data, target={args[1]!r}"
    if len(args) == 4:
        found = "Training and test data must be passed as two tuples."
        return found, "(X_train, y_train), test_data=(X_test, y_test)"
    if len(args) > 1 or targets or (inputs and name not in fields and not args):
        return "Inputs and targets must be passed as one tuple.", "(X, y)"
    if not args and name not in fields:
        return "The data are missing.", "'table.csv', target='kind'"
    return None


def _is_data(value: Any) -> bool:
    """Return whether a value is an array, a column or a list rather than a name."""
    return value is not None and not isinstance(value, str | bytes | int | float)


def holds_arrays(values: Iterable[Any]) -> bool:
    """Return whether any value is an array or frame, or a tuple or list with one.

    Example:
        >>> import numpy as np
        >>> holds_arrays([(np.zeros(3), [1, 2, 3])]), holds_arrays(["mlp", [64]])
        (True, False)
    """
    return any(
        hasattr(value, "__array__")
        or (isinstance(value, tuple | list) and holds_arrays(value))
        for value in values
    )
