"""A unit's lesson as a Jupyter notebook."""

from typing import Any

from assay.lab.units._registry import Lesson

__all__ = ["notebook"]


def notebook(told: Lesson) -> dict[str, Any]:
    """Return a notebook (format 4) with the lesson's text and code."""
    text = "\n\n".join([f"# {told.title}", *told.paragraphs])
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python"},
        },
        "cells": [
            {"id": "text", "cell_type": "markdown", "metadata": {}, "source": text},
            {"id": "code", **code, "metadata": {}, "source": told.snippet},
        ],
    }
