"""Makes griffe recognize the `Example` sections of docstrings, which are doctests."""

from typing import Any

import griffe

__all__ = ["Examples"]


class Examples(griffe.Extension):
    """Renames `Example` sections, because griffe would show them as plain text."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change an object's docstring before it is parsed."""
        if obj.docstring is not None:
            text = obj.docstring.value
            obj.docstring.value = text.replace("\nExample:\n", "\nExamples:\n")
