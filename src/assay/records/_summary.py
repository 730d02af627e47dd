"""The form of `run.json`, the whole run as one object, and its validation."""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic requires it before Python 3.12

if TYPE_CHECKING:  # importing pydantic takes longer than importing this whole package
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

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
    note: NotRequired[str]  # only where the interval may be too short


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
    """The object in `run.json`, which is also what `--json` prints.

    `version` is the version of the records. Values that are not defined, such as the
    R2 of targets that are all equal, are null. Parts may have further keys.
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
    """Return what keeps plain values from being a Summary; empty if nothing does.

    Example:
        >>> summary_faults({"assay": 1})[:2]
        ['assay should be a valid string, but got 1', 'version is missing']
    """
    from pydantic import ValidationError

    try:
        # strict: "1" is not a number, and neither is true
        _adapter().validate_python(value, strict=True)
    except ValidationError as error:
        return [_message(details) for details in error.errors(include_url=False)]
    return []


@cache
def _adapter() -> "TypeAdapter[Summary]":
    from pydantic import TypeAdapter

    return TypeAdapter(Summary)


def _message(details: "ErrorDetails") -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in details["loc"]
    )
    where = "".join(steps).removeprefix(".") or "the summary"
    if details["type"] == "missing":
        return f"{where} is missing"
    requirement = details["msg"].removeprefix("Input ")
    return f"{where} {requirement}, but got {details['input']!r}"
