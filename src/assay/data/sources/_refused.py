"""Explains how to pass data from sources that no reader accepts."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assay import spec
from assay._errors import did_you_mean
from assay.data.sources._builtin import BUILTINS
from assay.data.sources.frames._frames import is_pandas, is_table

__all__ = ["why_refused"]

_PAIRS = "([x for x, _ in pairs], [y for _, y in pairs])"
_BATCHES = "tuple(map(np.concatenate, zip(*batches)))"
_SHOWN = 5  # maximum number of names listed in a message
_FORMS = "Pass (X, y), a frame with target='y', or the path of a table."


def why_refused(source: Any) -> str:
    """Return a message that explains how to pass the data."""
    if isinstance(source, str | bytes):
        return _text(source)
    if isinstance(source, io.IOBase):
        return _open_file(source)
    if hasattr(source, "toarray") and hasattr(source, "nnz"):
        return "X must not be a sparse matrix. Write X.toarray()."
    if isinstance(source, tuple):
        return (
            f"A tuple must be (X, y), but got {len(source)} values. Pass test data "
            "separately: (X, y), test_data=(X_test, y_test)."
        )
    if isinstance(source, list):
        return _list(source) if source else f"The source is an empty list. {_FORMS}"
    if isinstance(source, spec.Spec):
        return (
            f"The source is a setting of type {type(source).__name__}. {_FORMS} To run "
            "an experiment, write experiment.run()."
        )
    return (
        "A source must be a path, a built-in name, a frame or (X, y), but got "
        f"{type(source).__name__}. {_object(source)}"
    )


def _text(source: str | bytes) -> str:
    if isinstance(source, bytes) or "\n" in source:
        kind = "StringIO" if isinstance(source, str) else "BytesIO"
        return (
            "The source is the text of a table, not its path. Write "
            f"pl.read_csv(io.{kind}(source)), or save it to a file."
        )
    here = [path.name for path in Path().iterdir()] if Path(source).suffix else []
    return (
        f"No file or built-in data set is named {source!r}. The built-in data sets "
        f"are {', '.join(BUILTINS)}.{did_you_mean(source, [*BUILTINS, *here])}"
    )


def _open_file(source: Any) -> str:
    name = getattr(source, "name", None)
    if isinstance(name, str):
        return f"The source is an open file. Pass its path, {name!r}."
    return "The source is a file in memory. Write pl.read_csv(source)."


def _list(source: list[Any]) -> str:
    if all(map(_is_pair, source)):
        if all(_is_batch(*pair) for pair in source):
            return f"The source is a list of batches. Pass {_BATCHES}."
        return f"The source is a list of pairs. Pass {_PAIRS}."
    if all(map(is_table, source)):
        library = "pd" if all(map(is_pandas, source)) else "pl"
        return f"The source is a list of frames. Write {library}.concat(frames)."
    if all(isinstance(path, str | Path) for path in source):
        return (
            "The source is a list of paths or texts. To join tables, write "
            "pl.concat([pl.read_csv(path) for path in paths]). For texts, write "
            "{'text': texts, 'label': labels} with target='label'."
        )
    if all(isinstance(row, Sequence) and not hasattr(row, "keys") for row in source):
        return (
            "The source is a list of rows without column names. Write "
            "pl.DataFrame(rows, orient='row', schema=names), where names lists the "
            "column names."
        )
    kind = type(source[0]).__name__
    if hasattr(source[0], "keys"):  # such as database rows
        return f"The source is a list of {kind}. Pass [dict(row) for row in rows]."
    if vars_of := getattr(source[0], "__dict__", None):
        names = ", ".join(map(repr, list(vars_of)[:_SHOWN]))
        return (
            f"The source is a list of {kind}, with the attributes {names}. Pass "
            "[vars(row) for row in rows]."
        )
    return f"The source is a list of {kind}. {_FORMS}"


def _object(source: Any) -> str:
    """Return a hint on how to pass an object that contains examples."""
    if isinstance(source, type):
        return f"Pass an instance, such as {source.__name__}(), not the class."
    if hasattr(source, "dataset"):  # data loaders
        return "Pass source.dataset, which contains the examples of the loader."
    if hasattr(source, "as_numpy_iterator"):  # tf.data
        return (
            f"Write pairs = list(source.as_numpy_iterator()), and pass {_PAIRS}. If "
            "the source yields batches, call source.unbatch() first."
        )
    if isinstance(source, Iterable) and not isinstance(source, Mapping):
        return (
            "If it yields rows as dicts, pass list(source). If it yields (x, y), write "
            f"pairs = list(source), and pass {_PAIRS}. {_FORMS}"
        )
    return f"{_FORMS} An object with examples must support len(source) and source[i]."


def _is_pair(example: Any) -> bool:
    return isinstance(example, tuple) and len(example) == 2


def _is_batch(inputs: Any, targets: Any) -> bool:
    """Return whether inputs and targets are arrays with the same number of examples."""
    shapes = [getattr(array, "shape", ()) for array in (inputs, targets)]
    return len(shapes[0]) > 1 and len(shapes[1]) == 1 and shapes[0][0] == shapes[1][0]
