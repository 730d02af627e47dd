"""Explains names that a package or an object does not have."""

import importlib
import sys
import types
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assay._calls._forms import CALLS, NAMES
from assay._errors import InputError, did_you_mean

__all__ = ["ExplainsNames", "explain_package", "how_to_write"]

_PACKAGES = (
    "spec",
    "metrics",
    "costs",
    "optim",
    "data",
    "evaluate",
    "nn",
    "experiment",
)


def how_to_write(owner: str, name: str, known: Iterable[str]) -> str:
    """Return a hint on what to write instead of an unknown name; "" if there is none.

    Args:
        owner: the package or the class that lacks the name.
        name: the unknown name.
        known: the names that the owner has.
    """
    form = NAMES.get(owner, {}).get(name)
    return f" Write {form}." if form else did_you_mean(name, known)


class ExplainsNames:
    """Base class of objects that raise helpful errors for unknown attributes."""

    if not TYPE_CHECKING:  # otherwise, type checkers would accept every name

        def __getattr__(self, name: str) -> Any:
            inherited = getattr(super(), "__getattr__", None)
            if inherited is not None:
                try:
                    return inherited(name)
                except AttributeError:
                    pass
            kind = type(self).__name__
            message = f"{kind!r} object has no attribute {name!r}"
            if not name.startswith("_"):
                known = [known for known in dir(type(self)) if known[0] != "_"]
                message += f".{how_to_write(kind, name, known)}"
            raise AttributeError(message, name=name)


class _Package(types.ModuleType):
    """A package that explains unknown names and attempts to call the package."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            message = f"module {self.__name__!r} has no attribute {name!r}"
            if not name.startswith("_"):
                message += f".{_elsewhere(self, name)}"
            raise AttributeError(message, name=name)

    def __call__(self, *args: Any, **fields: Any) -> Any:
        """Raise an InputError, because a package is not a function."""
        form = CALLS.get(self.__name__, f"a name in it, such as {self.__all__[0]}")
        raise InputError(f"{self.__name__} is a package. Write {form}.")


def _elsewhere(package: types.ModuleType, name: str) -> str:
    """Return a hint on where a name is or what to write instead; "" if unknown."""
    if name in NAMES.get(package.__name__, {}):
        return how_to_write(package.__name__, name, ())
    for other in _PACKAGES:
        if name in importlib.import_module(f"assay.{other}").__all__:
            place = "assay" if other == "spec" else f"assay.{other}"
            return f" Write {place}.{name}."
    members = importlib.import_module("assay.spec").__all__
    near = did_you_mean(name, members).replace(" '", " 'assay.")
    return did_you_mean(name, package.__all__) or near


def explain_package(name: str) -> None:
    """Make a package explain unknown names and attempts to call the package."""
    sys.modules[name].__class__ = _Package
