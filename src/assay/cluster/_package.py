"""The package Ray, which an extra installs."""

import importlib
from typing import Any

from assay._errors import InputError

__all__ = ["import_ray"]


def import_ray() -> Any:
    """Import Ray.

    Raises:
        InputError: Ray is not installed.
    """
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise InputError(
            "Training on a cluster requires the package ray, which is not installed. "
            "Run pip install 'assay[ray]'."
        ) from None
