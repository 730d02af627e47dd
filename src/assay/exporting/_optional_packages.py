"""Packages that only some forms of export need."""

import importlib
from types import ModuleType

from assay._errors import InputError

__all__ = ["optional_package"]


def optional_package(name: str, *, extra: str, purpose: str) -> ModuleType:
    """Import a package that an extra of Assay installs.

    Args:
        name: name of the package.
        extra: name of the extra.
        purpose: what the package is needed for, such as "The export to ONNX".

    Raises:
        InputError: the package is not installed.

    Example:
        >>> optional_package("json", extra="onnx", purpose="An example").__name__
        'json'
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise InputError(
            f"{purpose} requires the package {name}, which is not installed. Run pip "
            f"install 'assay[{extra}]'."
        ) from None
