"""The settings for the hyperparameter search."""

from typing import Annotated, Literal

from pydantic import Field

from assay.spec._range import Range
from assay.spec._spec import Spec

__all__ = ["Tune"]


class Tune(Spec):
    """The settings for the hyperparameter search."""

    num_trials: Annotated[
        int | str, Range(1, whole=True, words=("auto",), traced=False, example=20)
    ] = Field(
        "auto",
        description="number of trials, or 1 if there is no search space; "
        '"auto" depends on the data and the model',
    )
    time_seconds: Annotated[float, Range(0, open_low=True, example=60)] | None = Field(
        None,
        description="time limit for the whole run, including refit and test; None for "
        "no limit",
    )
    group_size: Annotated[int, Range(1, whole=True, traced=False, example=8)] = Field(
        8,
        description="number of trials that are proposed together, before any of them "
        "has finished",
    )
    sampler: Literal["tpe", "random"] = Field(
        "tpe",
        description='how trials are proposed: "tpe" learns from earlier trials; '
        '"random" ignores them',
    )
    pruner: Literal["auto", "halving", "none"] = Field(
        "auto",
        description='"halving" continues only the best third of each group, by val '
        'result, after 1/27, 1/9 and 1/3 of the epochs; "none" runs all trials '
        'to completion; "auto" uses halving if fits are long enough to benefit '
        "and only the best setting is used for the final model",
    )
    together: Literal["auto", "stacked", "apart"] = Field(
        "auto",
        description='"stacked" runs the trials of a group in one program if their '
        'shapes are equal; "apart" runs trials in parallel on the CPU cores; "auto" '
        "stacks trials unless JAX runs on a CPU",
    )
    range_test: bool = Field(
        False,
        description="whether to search for the learning rate between 1/5 and 2 times "
        "the rate that a range test suggests",
    )
