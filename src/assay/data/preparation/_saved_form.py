"""Converts preparations to and from plain JSON values, and validates these values."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, NonNegativeInt, PositiveInt

# required by pydantic before Python 3.12
from typing_extensions import TypedDict

from assay.data.preparation._fit_encoders import AnyEncoder
from assay.data.preparation._sole_input_encoders import SOLE_INPUT_ENCODERS
from assay.data.preparation.encoders._registry import ENCODERS
from assay.data.table._pixel_scale import PixelScale
from assay.records import form_faults

__all__ = ["columns_from_json", "columns_to_json", "preparation_faults"]

Styles = tuple[tuple[str, str], ...]

_ENCODERS = ENCODERS | SOLE_INPUT_ENCODERS

_Scale = Annotated[list[float], Field(min_length=3, max_length=3)]
_Size = Annotated[list[PositiveInt], Field(min_length=2, max_length=2)]
_Shape = Annotated[list[PositiveInt], Field(min_length=3, max_length=3)]
_PerChannel = Annotated[list[float], Field(min_length=1)]


class _Task(TypedDict):
    kind: Literal["binary", "multiclass", "regression"]
    target: str
    classes: list[str | int | bool | float]
    reason: str


class _Number(TypedDict):
    kind: Literal["number", "boolean"]
    name: str
    scale: _Scale
    missing: bool
    extent: NotRequired[Annotated[list[float], Field(min_length=2, max_length=2)]]


class _Category(TypedDict):
    kind: Literal["category"]
    name: str
    categories: list[str]
    missing: bool
    cardinality: NonNegativeInt | None


class _Date(TypedDict):
    kind: Literal["date"]
    name: str
    scales: Annotated[list[_Scale], Field(min_length=3, max_length=3)]
    missing: bool


class _Image(TypedDict):
    kind: Literal["image"]
    name: str
    shape: _Shape
    mean: _PerChannel
    std: _PerChannel
    pixel_scale: NotRequired[PixelScale]


class _Sequence(TypedDict):
    kind: Literal["sequence"]
    name: str
    steps: PositiveInt
    uneven: bool
    mean: _PerChannel
    std: _PerChannel


class _Text(TypedDict):
    kind: Literal["text"]
    name: str
    steps: PositiveInt
    vocabulary: list[str]


class _Layout(TypedDict):
    image_size: _Size | None
    image_mode: Literal["auto", "L", "RGB"]
    series_column: str | None
    time_column: str | None
    kinds: dict[str, str]
    channels: list[str]
    decimal_commas: NotRequired[list[str]]
    channels_first: NotRequired[bool | None]


_Column = Annotated[
    _Number | _Category | _Date | _Image | _Sequence | _Text,
    Field(discriminator="kind"),
]


class _Preparation(TypedDict):
    task: _Task
    columns: Annotated[list[_Column], Field(min_length=1)]
    layout: NotRequired[_Layout]
    tolerant: list[str]
    target: Annotated[list[float], Field(min_length=2, max_length=2)]
    num_array_columns: NotRequired[NonNegativeInt]


def columns_to_json(
    encoders: Iterable[AnyEncoder], styles: Styles
) -> list[dict[str, Any]]:
    """Return the encoders and the styles of columns as plain JSON values.

    Args:
        encoders: one encoder per column.
        styles: (column, style) pairs for ambiguous numbers and dates.
    """
    style_of = {name: {"style": style} for name, style in styles}
    return [
        {
            "name": encoder.column,
            "kind": encoder.kind,
            **encoder.to_json(),
            **style_of.get(encoder.column, {}),
        }
        for encoder in encoders
    ]


def columns_from_json(
    columns: Iterable[Mapping[str, Any]],
) -> tuple[tuple[AnyEncoder, ...], Styles]:
    """Restore the encoders and the styles from the output of `columns_to_json`."""
    columns = list(columns)
    encoders = tuple(
        _ENCODERS[column["kind"]].from_json(column["name"], column)
        for column in columns
    )
    styles = tuple(
        (column["name"], column["style"])
        for column in columns
        if "style" in column  # not in files from earlier versions
    )
    return encoders, styles


_SOLE = ("image", "sequence", "text")  # kinds that must be the only input
_FEWEST_CLASSES = {"regression": 0, "binary": 2, "multiclass": 2}


def preparation_faults(data: Any) -> list[str]:
    """Return the faults of a saved preparation.

    Args:
        data: the argument of `Preparation.from_json`.

    Example:
        >>> preparation_faults([])
        ['the preparation should be a valid dictionary, but got []']
    """
    faults = form_faults(_Preparation, data, "the preparation")
    if faults:
        return faults
    columns = data["columns"]
    faults = [*_task_faults(data["task"])]
    faults += _repeated("columns", [column["name"] for column in columns])
    if len(columns) > 1 and any(column["kind"] in _SOLE for column in columns):
        faults.append("a column of images, sequences or text must be the only column")
    for column in columns:
        faults += _column_faults(column)
    if not data["target"][1] > 0:
        faults.append(f"target[1] must be greater than 0, but got {data['target'][1]}")
    return faults


def _task_faults(task: Mapping[str, Any]) -> Iterable[str]:
    kind, num_classes = task["kind"], len(task["classes"])
    fewest = _FEWEST_CLASSES[kind]
    if num_classes < fewest or (kind != "multiclass" and num_classes > fewest):
        yield f"a {kind} task cannot have {num_classes} classes in task.classes"
    yield from _repeated("task.classes", map(str, task["classes"]))


def _column_faults(column: Mapping[str, Any]) -> Iterable[str]:
    """Yield faults that the types cannot detect, such as duplicates."""
    name = f"columns.{column['name']}"
    scales = column.get("scales", [column["scale"]] if "scale" in column else [])
    spreads = [*(scale[2] for scale in scales), *column.get("std", [])]
    if any(spread < 0 for spread in spreads):
        yield f"{name} must have a std of at least 0, but got {min(spreads)}"
    if "mean" in column:
        channels = len(column["mean"]), len(column["std"]), *column.get("shape", [])[2:]
        if len(set(channels)) > 1:
            yield f"{name} must have a mean and std per channel, but got {channels}"
    for words in ("categories", "vocabulary"):
        yield from _repeated(f"{name}.{words}", column.get(words, []))
    if column.get("cardinality") is not None:
        # code 0 stands for unseen categories
        fewest = len(column["categories"]) + column["missing"] + 1
        if column["cardinality"] < fewest:
            yield f"{name}.cardinality must be {fewest} or more"


def _repeated(name: str, values: Iterable[str]) -> Iterable[str]:
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        yield f"{name} must not contain duplicates, such as {repeated[:3]}"
