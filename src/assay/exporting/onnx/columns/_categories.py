"""Categories and text in ONNX, encoded by looking up strings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx.columns._registry import Prepared, prepares

__all__: list[str] = []

_ML = "ai.onnx.ml"


def _positions(graph: Graph, x: str, words: Sequence[str], *, default: int) -> str:
    """Return each string's index in `words` as int64, or `default` if it is absent."""
    return graph.op(
        "LabelEncoder",
        x,
        domain=_ML,
        keys_strings=list(words),
        values_int64s=list(range(len(words))),
        default_int64=default,
    )


@prepares("category")
def _category(graph: Graph, encoder: Any) -> Prepared:
    x = graph.input(encoder.column, str, ["rows"])
    # If training values were missing, "missing" is an additional category.
    words = [*encoder.categories, *[""] * encoder.missing]
    code = _positions(graph, x, words, default=-1)
    code = graph.op("Unsqueeze", code, graph.integers(1))
    about = 'a string, spelled as in training; "" if missing'
    if encoder.cardinality is not None:
        code = graph.op("Add", code, graph.constant(1, np.int64))
        return Prepared(graph.cast(code, np.float32), about, x)
    columns = graph.op("Equal", code, graph.constant([range(len(words))], np.int64))
    return Prepared(graph.cast(columns, np.float32), about, x)


@prepares("text")
def _text(graph: Graph, encoder: Any) -> Prepared:
    """Look up words; treat a text without words as one unknown word.

    The text must already be split into words, because splitting requires regular
    expressions, for which ONNX has no operation.
    """
    x = graph.input(encoder.column, str, ["rows", "words"])
    codes = _positions(graph, x, encoder.vocabulary, default=-1)
    codes = graph.op("Add", codes, graph.constant(2, np.int64))
    is_word = _positions(graph, x, [""], default=1)
    codes = graph.op("Mul", codes, is_word)
    lengths = graph.op("ReduceSum", is_word, graph.integers(1), keepdims=0)
    limits = (graph.constant(limit, np.int64) for limit in (1, encoder.steps))
    lengths = graph.op("Clip", lengths, *limits)
    padded = _fit_to(graph, codes, encoder.steps)
    # The first code must be at least the code of an unknown word.
    least = graph.constant([[1] + [0] * (encoder.steps - 1)], np.int64)
    values = graph.op("Max", padded, least)
    about = 'words in lower case, (rows, words), with "" after the last word'
    return Prepared(values, about, x, lengths)


def _fit_to(graph: Graph, codes: str, steps: int) -> str:
    """Truncate or pad codes (n, words) to (n, steps)."""
    widths = graph.integers(0, 0, 0, steps)
    padded = graph.op("Pad", codes, widths, graph.constant(0, np.int64))
    bounds = (graph.integers(0), graph.integers(steps), graph.integers(1))
    return graph.op("Slice", padded, *bounds)
