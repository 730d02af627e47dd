"""The form of `run.json`, the whole of a run as one object, and its check."""

import types
from typing import (
    Any,
    Literal,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

__all__ = ["Summary", "summary_faults"]

Interval = list[float | None]


class DataPart(TypedDict):
    source: str
    num_examples: int
    num_features: int
    classes: list[Any] | None
    fingerprint: str


class SplitPart(TypedDict):
    train: int
    val: int
    test: int
    by: str
    hash: str


class ModelPart(TypedDict):
    layers: list[Any]
    num_parameters: int


class TunePart(TypedDict):
    num_trials: int
    best_val: float | None
    metric: str


class RefitPart(TypedDict):
    num_examples: int
    epochs: int


class TestPart(TypedDict):
    metric: str
    value: float | None
    interval: Interval | None
    level: float
    num_examples: int
    openings: int


class MetricPart(TypedDict):
    value: float | None
    interval: Interval | None


class BaselinePart(TypedDict):
    name: str
    value: float | None
    interval: Interval | None


class TrainPart(TypedDict):
    cost: float | None
    metric_value: float | None


class Summary(TypedDict):
    """The object in `run.json`, and what `--json` prints.

    `version` is the version of the records. Values that are not numbers, such as
    the R2 of targets that are all equal, are null. Parts may hold more names.
    """

    assay: str
    version: int
    run: str
    task: str
    data: DataPart
    split: SplitPart
    model: ModelPart
    hyperparameters: dict[str, Any]
    tune: TunePart | None
    refit: RefitPart
    test: TestPart
    metrics: dict[str, MetricPart]
    baselines: list[BaselinePart]
    train: TrainPart
    verdict: Literal["fits", "underfits", "overfits"]
    findings: list[dict[str, Any]]
    timings: dict[str, Any]


def summary_faults(value: Any) -> list[str]:
    """Return what keeps plain values from being a Summary; empty when they are one.

    Example:
        >>> summary_faults({"assay": 1})[:2]
        ['assay is not of type str: 1', 'version is missing']
    """
    return list(_faults(value, Summary, ""))


def _faults(value: Any, hint: Any, where: str) -> list[str]:
    if is_typeddict(hint):
        return _part_faults(value, hint, where)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        # the only unions here are `X | None`
        return [] if value is None else _faults(value, arguments[0], where)
    if origin is Literal:
        fits = value in arguments
        return [] if fits else [f"{where} is not one of {arguments}: {value!r}"]
    if not _is_of(value, origin or hint):
        return [f"{where} is not of type {_name(hint)}: {value!r}"]
    if origin is list:
        items = [(f"{where}[{i}]", item) for i, item in enumerate(value)]
    elif origin is dict:
        items = [(f"{where}.{key}", item) for key, item in value.items()]
    else:
        return []
    return [
        fault for name, item in items for fault in _faults(item, arguments[-1], name)
    ]


def _part_faults(value: Any, hint: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where or 'it'} is not an object: {value!r}"]
    faults = []
    for name, part in get_type_hints(hint).items():
        inside = f"{where}.{name}" if where else name
        if name in value:
            faults += _faults(value[name], part, inside)
        else:
            faults.append(f"{inside} is missing")
    return faults


def _is_of(value: Any, kind: Any) -> bool:
    if kind is Any:
        return True
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float if kind is float else kind)


def _name(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))
