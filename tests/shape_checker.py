"""A decorator that checks the array types in function signatures during tests."""

from typing import Any, Union

import beartype
import jax
import numpy as np

__all__ = ["checked"]

_check = beartype.beartype(
    conf=beartype.BeartypeConf(
        # An int is accepted as a float, as in PEP 484.
        is_pep484_tower=True,
        # Layers that are not on a device yet contain NumPy arrays, which JAX accepts.
        hint_overrides=beartype.FrozenDict(
            {jax.Array: Union[jax.Array, np.ndarray]}  # noqa: UP007
        ),
    )
)
_inner: dict[Any, Any] = {}


def checked(stub: Any) -> Any:
    """Check the types of all arguments or of the result.

    Jaxtyping passes stubs with the signature of a function. It calls the first with the
    arguments, and then the second, whose signature has the result's type, with the
    arguments and the result. The sizes of axes found by the first are still known to
    the second, so this one checks the result alone.

    A function inside another one is defined again at each call. Its checks are
    generated once.
    """
    if isinstance(stub, type):
        return _check(stub)
    hints = stub.__annotations__
    if hints.get("return", Any) is not Any:
        stub.__annotations__ = {"return": hints["return"]}
    if "<locals>" not in stub.__qualname__:
        return _check(stub)
    key = (stub.__module__, stub.__qualname__, stub.__code__, repr(_values_of(stub)))
    if key not in _inner:
        _inner[key] = _check(stub)
    return _inner[key]


def _values_of(stub: Any) -> tuple[Any, ...]:
    """Return what the check of a stub depends on beside its code."""
    return stub.__annotations__, stub.__defaults__, stub.__kwdefaults__
