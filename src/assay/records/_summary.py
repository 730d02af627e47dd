"""Defines and validates the format of `run.json` and other JSON files of a run."""

from typing import Any, Literal, NotRequired

# required by pydantic before Python 3.12
from typing_extensions import TypedDict

from assay.records._form import form_faults

__all__ = ["FORMS", "FindingPart", "Summary", "summary_faults"]

Interval = list[float | None]


class StreamingPart(TypedDict):
    reason: str
    shuffle: str
    rows_measured: int


class DataPart(TypedDict):
    source: str
    num_examples: int
    num_features: int
    classes: list[Any] | None
    fingerprint: str
    target: NotRequired[str | None]
    streaming: NotRequired[StreamingPart | None]
    notes: NotRequired[list[str]]


class SplitPart(TypedDict):
    train: int
    val: int
    test: int
    by: str
    hash: str
    notes: NotRequired[list[str]]


class StartPart(TypedDict):
    run: str
    sha256: str
    taken: list[str]
    fresh: list[str]
    output: str


class FrozenPart(TypedDict):
    layers: list[str]
    num_parameters: int


class ModelPart(TypedDict):
    layers: list[str | dict[str, Any]]
    num_parameters: int
    members: NotRequired[int]  # this field is missing in runs from older versions
    start: NotRequired[StartPart | None]
    frozen: NotRequired[FrozenPart | None]


class TunePart(TypedDict):
    num_trials: int
    best_val: float | None
    metric: str
    values: NotRequired[dict[str, Any] | None]
    notes: NotRequired[list[str]]


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
    note: NotRequired[str]  # this field exists only if the interval may be too narrow


class MetricPart(TypedDict):
    value: float | None
    interval: Interval | None


class ComparisonPart(TypedDict):
    words: NotRequired[str | None]


class BaselinePart(TypedDict):
    name: str
    value: float | None
    interval: Interval | None
    comparison: NotRequired[ComparisonPart]


class TrainPart(TypedDict):
    cost: float | None
    metric_value: float | None


class FindingPart(TypedDict):
    code: str
    severity: Literal["info", "advice", "warning", "error"]
    message: str
    numbers: dict[str, Any]
    remedy: str


class EvaluationPart(TypedDict):
    notes: NotRequired[list[str]]


class ColumnPart(TypedDict):
    name: str
    kind: str


class DataFile(TypedDict, total=False):
    name: str
    source: str
    fingerprint: str
    task: dict[str, Any]
    metric: str
    columns: list[ColumnPart]
    notes: list[str]
    split: dict[str, Any]


class ResolvedFile(TypedDict, total=False):
    experiment: dict[str, Any]
    paths: dict[str, Any]
    seed: int
    versions: dict[str, Any]
    device: str
    platform: str


FORMS: dict[str, Any] = {"data.json": DataFile, "resolved.json": ResolvedFile}
"""The fields that Assay reads from each file, with their types.

Some of these fields may be missing in runs from earlier versions. Files may contain
additional fields."""


class Summary(TypedDict):
    """The contents of `run.json`, which `--json` also prints.

    `version` is the version of the record format. Undefined values, such as the R2 of
    constant targets, are null. All parts may contain additional keys.
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
    findings: list[FindingPart]
    timings: dict[str, float | None]
    verdict_reason: NotRequired[str | None]
    evaluation: NotRequired[EvaluationPart]


def summary_faults(value: Any) -> list[str]:
    """Validate plain values against Summary and return one message per fault.

    Example:
        >>> summary_faults({"assay": 1})[:2]
        ['assay should be a valid string, but got 1', 'version is missing']
    """
    return form_faults(Summary, value) or _interval_faults(value)


def _interval_faults(summary: Summary) -> list[str]:
    """Return a message for each interval that does not have exactly two bounds."""
    parts: dict[str, Any] = {"test": summary["test"]}
    parts |= {f"metrics.{name}": part for name, part in summary["metrics"].items()}
    parts |= {f"baselines[{i}]": part for i, part in enumerate(summary["baselines"])}
    return [
        f"{name}.interval must have two bounds, but got {part['interval']!r}"
        for name, part in parts.items()
        if part["interval"] is not None and len(part["interval"]) != 2
    ]
