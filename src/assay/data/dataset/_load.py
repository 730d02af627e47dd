"""Loads data sets into memory, or opens them as streams."""

import inspect
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from assay._calls import takes_one_source
from assay._errors import Faults, InputError, did_you_mean, fault
from assay._urls import without_secrets
from assay.data.columns._select import find_target
from assay.data.dataset._build import LoadOptions, Rows, StreamedRows, build_dataset
from assay.data.dataset._dataset import Dataset
from assay.data.dataset.streams._images import (
    ImageRows,
    is_image_folder,
    wants_image_stream,
)
from assay.data.dataset.streams._map_style import open_map_style
from assay.data.dataset.streams._rows import (
    MapStyleRows,
    TableRows,
    check_streamable,
    table_stream,
    wants_stream,
)
from assay.data.sources._registry import opening, read_table
from assay.data.sources._table_to_examples import (
    to_examples,
    with_test_part,
    without_other_rows,
)
from assay.data.sources.formats._long_tables import ignored_channels
from assay.data.sources.formats.images._image_columns import holds_images
from assay.data.sources.formats.images._nested_folders import check_not_nested
from assay.data.sources.remote._fetch import version_cache
from assay.data.table._array_options import Layout, check_layout
from assay.data.table._table import Table

__all__ = ["load"]


@takes_one_source("source")
def load(
    source: Any,
    *,
    target: str | None = None,
    task: str | None = None,
    name: str | None = None,
    ignore: Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    test_data: Any = None,
    stream: bool | str = False,
    **layout: Any,
) -> Dataset:
    """Load a data set from a file, folder, built-in name, frame, array or object.

    Args:
        source: a path, a URL such as "s3://bucket/table.csv", a built-in name, a
            polars or pandas frame, a mapping of columns, or (X, y) with shapes (n, d)
            and (n,). X may also contain images (n, height, width, channels) or time
            series (n, steps, channels). A source may also be an object that supports
            len(source) and source[i], where source[i] is either (inputs, target) or a
            mapping with the keys "inputs" and "target" or "image" and "label". Assay
            may access such an object from other threads.
        target: the column to predict; optional if the source specifies it.
        task: "binary", "multiclass" or "regression"; inferred from the target if None.
        name: a short name for the data set.
        ignore: columns to exclude from the features. They stay in the frame and can
            still be used to split the rows.
        kinds: column kinds that override the inferred kinds, by column name.
        test_data: a second source; its examples become the test set.
        stream: whether to read rows only when they are needed: True, False, or "auto"
            to stream data too large for memory and any object with source[i]. Parquet
            files, folders of images and such objects can be streamed.
        **layout: fields of `Layout`, the options for reading images and time series,
            such as image_size=(32, 32).

    Raises:
        InputError: the data is invalid; the message lists every fault.

    Example:
        >>> dataset = load("iris")
        >>> dataset.num_examples, dataset.num_features, dataset.task.kind
        (150, 4, 'multiclass')
        >>> load(([[1.0], [2.0], [3.0]], [0.5, 0.1, 0.7])).task.kind
        'regression'
    """
    if isinstance(source, Dataset):
        return source
    if target is not None:
        target = str(target)  # pandas frames may have numbers as column names
    _check_types(kinds, stream)
    ignore = list(map(str, [ignore] if isinstance(ignore, str | int) else ignore))
    kinds = {str(column): kind for column, kind in (kinds or {}).items()}
    _check_names(layout)
    requested = Layout(kinds=kinds, **layout)
    check_layout(requested)
    options = LoadOptions(target, task, name, ignore, requested)
    with opening(source), version_cache():
        opened = _open(source, requested, stream)
    check_not_nested(opened if isinstance(opened, Table) else opened.table, target)
    if isinstance(opened, StreamedRows):
        check_streamable(requested, test_data)
        return build_dataset(opened, options)
    opened = without_other_rows(opened)
    target, notes = find_target(opened, target)
    frame = opened.frame
    unread = [c for c in ignore if c in frame.columns and holds_images(frame[c])]
    requested = replace(requested, kinds=dict.fromkeys(unread, "id") | kinds)
    options = replace(options, layout=requested)
    if requested.series_column is not None:
        channels = ignored_channels(opened.frame, requested, target, ignore)
        opened = replace(opened, frame=opened.frame.drop(channels))
        rest = [name for name in ignore if name not in channels]
        options = replace(options, ignore=rest)
    table, resolved = to_examples(opened, requested, (target,))
    if test_data is not None:
        table = with_test_part(table, test_data, resolved, (target,))
    table = replace(table, notes=(*table.notes, *notes))
    return build_dataset(Rows(table, resolved), replace(options, target=target))


def _check_names(options: Mapping[str, Any]) -> None:
    """Raise an InputError if `load` was called with unknown arguments."""
    layout = {field.name for field in fields(Layout)} - {"kinds"}
    known = [*inspect.signature(load).parameters, *layout]
    unknown = [name for name in options if name not in layout]
    if unknown:
        raise InputError(
            [
                f"`load` has no argument {name!r}.{did_you_mean(name, known)}"
                for name in unknown
            ]
        )


def _check_types(kinds: Any, stream: Any) -> None:
    """Raise an InputError if options have the wrong type."""
    faults = Faults()
    if kinds is not None and not isinstance(kinds, Mapping):
        fix = "Specify kinds by column name, for example kinds={'zip': 'category'}."
        faults.add(fault("isinstance(kinds, Mapping)", "kinds", kinds, fix))
    if not isinstance(stream, bool) and stream != "auto":
        fix = "Write True, False or 'auto'."
        faults.add(fault("stream in (True, False, 'auto')", "stream", stream, fix))
    faults.raise_if_any()


def _open(source: Any, layout: Layout, stream: bool | str) -> Table | StreamedRows:
    """Open a source as a table with all its rows, or as streamed rows."""
    if stream is False:
        return read_table(source)
    examples, files = open_map_style(source), table_stream(source)
    if examples is not None:
        reason = "as requested" if stream is True else "source[i] is called when needed"
        return MapStyleRows(examples, layout, reason)
    if files is not None and (reason := wants_stream(files, stream)):
        return TableRows(source, files, layout=layout, reason=reason)
    table = read_table(source)
    if is_image_folder(table):
        if reason := wants_image_stream(table, layout, stream):
            return ImageRows(table, layout, reason)
    elif stream is True and files is None:
        is_name = isinstance(source, str | os.PathLike)
        shown = repr(without_secrets(source)) if is_name else type(source).__name__
        raise InputError(
            "Only Parquet files, folders of images, and objects with len(source) and "
            f"source[i] can be streamed, but got {shown}. Omit `stream`, or use one "
            "of these sources."
        )
    return table
