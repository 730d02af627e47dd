"""The settings for an experiment."""

import os
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from assay._urls import without_secrets
from assay.spec._range import Range
from assay.spec._split import Split
from assay.spec._training import Training
from assay.spec._tune import Tune

__all__ = ["Experiment"]

_Pixels = Annotated[int, Range(1, whole=True, traced=False, example=32)]


def _as_text(path: Any) -> Any:
    """Return a path-like object, or the path of a run, as a string."""
    path = getattr(path, "path", path)
    return os.fspath(path) if isinstance(path, os.PathLike) else path


class Experiment(Training):
    """The settings for running the whole protocol on one data set.

    Example:
        >>> Experiment(data="digits", seed=3).split.test
        0.15
    """

    data: str = Field("", description="a file, a folder, a URL, or a built-in data set")
    target: str | None = Field(None, description="the column to predict")
    task: Literal["auto", "binary", "multiclass", "regression"] = Field(
        "auto",
        description='"binary", "multiclass" or "regression"; "auto" infers it '
        "from the target",
    )
    ignore: tuple[str, ...] = Field(
        (), description="columns to exclude from the features, such as IDs or groups"
    )
    kinds: dict[str, str] = Field(
        {},
        description="column kinds that override the inferred ones, such as "
        '{"zip": "category"}',
    )
    test_data: str | None = Field(
        None, description="separate data for the test set, in the same format"
    )
    stream: bool | Literal["auto"] = Field(
        "auto",
        description="whether to keep rows on disk and read them during training; "
        '"auto" does so if the data are too large for memory',
    )
    image_size: tuple[_Pixels, _Pixels] | None = Field(
        None,
        description="height and width to resize images to, such as [32, 32]",
    )
    image_mode: Literal["auto", "L", "RGB"] = Field(
        "auto",
        description='"L" for grayscale or "RGB" for color images; "auto" keeps the '
        "original mode, which must be the same for all images",
    )
    series_column: str | None = Field(
        None,
        description="the column that identifies the sequence each row belongs to, for "
        "tables with one row per time step",
    )
    time_column: str | None = Field(
        None, description="the column that determines the order of a sequence's rows"
    )
    start_from: Annotated[str | None, BeforeValidator(_as_text)] = Field(
        None,
        description="a source run whose layers, parameters and preparation are reused; "
        "the output layer is reused only if the task is the same",
    )
    fresh: tuple[str, ...] = Field(
        (),
        description="names or patterns of the source run's layers to initialize with "
        'new random values, such as ["output"]',
    )
    members: Annotated[
        int | str,
        Range(1, whole=True, words=("auto",), traced=False, example=4),
    ] = Field(
        "auto",
        description="number of final networks whose predictions are averaged; "
        '"auto" is 8 for model="realmlp" (4 in regression), otherwise 1',
    )
    fix: bool = Field(
        False,
        description="whether to try remedies for training faults and keep those that "
        "improve the val result; remedies do not count toward a time limit",
    )
    open_anyway: bool = Field(
        False,
        description="whether to open the test set even if training clearly failed",
    )
    split: Split = Field(Split(), description="how the examples are split")
    tune: Tune = Field(Tune(), description="how hyperparameters are tuned")
    seed: Annotated[int, Range(0, whole=True, traced=False, example=0)] = Field(
        0, description="the seed for all random numbers in the run"
    )

    @model_validator(mode="after")
    def _check_fresh(self) -> "Experiment":
        if self.fresh and self.start_from is None:
            message = (
                f"fresh={list(self.fresh)} refers to layers of a source run, but "
                'start_from is not set. Write start_from = "runs/NAME".'
            )
            raise PydanticCustomError("said", "fresh", {"messages": [message]})
        return self

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Yield the fields to show, without the secrets in URLs."""
        for name, value in super().__repr_args__():
            yield name, without_secrets(value) if isinstance(value, str) else value

    def training(self) -> Training:
        """Return the settings for a single fit."""
        fields = {name: getattr(self, name) for name in Training.model_fields}
        return Training(**fields)
