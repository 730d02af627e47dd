"""Imports optional packages that Assay's extras install."""

import importlib
from types import ModuleType

from assay._errors import InputError

__all__ = ["import_extra"]


def import_extra(name: str, *, extra: str, purpose: str) -> ModuleType:
    """Import a package that is installed only with an extra.

    Args:
        name: name of the package.
        extra: name of the extra.
        purpose: feature that needs the package, such as "Exporting to ONNX".

    Raises:
        InputError: the package is not installed.

    Example:
        >>> import_extra("json", extra="onnx", purpose="An example").__name__
        'json'
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        # some packages raise an error without a name if one of their dependencies is
        # missing
        if error.name not in (None, name.partition(".")[0]):
            raise
        raise InputError(
            f"{purpose} requires the package {name}, which is not installed. Run pip "
            f"install 'assay[{extra}]'."
        ) from None
