"""The settings of an experiment."""

import os
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from assay._urls import without_secrets
from assay.spec._family import Family
from assay.spec._fields import NO_FACTORS, Count, Factors, Positive
from assay.spec._range import OrWord, Range
from assay.spec._space import Space
from assay.spec._spec import Spec
from assay.spec.families._augmentations import AnyAugmentation
from assay.spec.families._costs import AnyCost
from assay.spec.families._optimizers import Adam, AnyOptimizer
from assay.spec.families._regularizers import AnyRegularizer
from assay.spec.families._schedules import AnySchedule, Constant
from assay.spec.layers._basic import AnyLayer
from assay.spec.layers._custom_network import OwnModule, own_or_same

__all__ = ["Experiment", "Split", "Training", "Tune"]

_AUTO: Any = "auto"  # replaced with a value in the run
_Pixels = Annotated[int, Range(1, whole=True, traced=False, example=32)]
_Part = Annotated[float, Range(0, 1, open_low=True, open_high=True, example=0.15)]


def _as_text(path: Any) -> Any:
    """Return the path of a folder or run as text."""
    path = getattr(path, "path", path)
    return os.fspath(path) if isinstance(path, os.PathLike) else path


class Split(Spec):
    """The split of the examples into train, val and sealed test parts."""

    by: Literal["auto", "class", "random", "group", "time", "given"] = Field(
        "auto",
        description='how to split: "class" (stratified), "random", "group", "time" or '
        '"given" (for data that come with a test part); "auto" uses a given test part '
        'if available, otherwise "class" for classification or "random" for '
        "regression",
    )
    column: str | None = Field(None, description="the column with the groups or times")
    train: _Part = Field(
        0.70, description="proportion of examples in the training part"
    )
    val: _Part = Field(
        0.15, description="proportion of examples in the validation part"
    )
    test: _Part = Field(
        0.15,
        description="proportion of examples in the test part; the three proportions "
        "must add up to 1",
    )

    @model_validator(mode="after")
    def _adds_up(self) -> "Split":
        faults = []
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            got = f"({self.train:g}, {self.val:g}, {self.test:g})"
            faults.append(
                f"`train + val + test = 1` must hold, but got {got}, which adds up to "
                f"{total:g}. Write train = 0.7, val = 0.15, test = 0.15."
            )
        if self.by in ("group", "time") and self.column is None:
            faults.append(
                f'split.by="{self.by}" needs a column. Write column = "NAME".'
            )
        if faults:
            raise PydanticCustomError("said", "split", {"messages": faults})
        return self


class Training(Spec):
    """The settings of a fit: model, cost, optimizer, regularizers and batches."""

    model: Annotated[
        tuple[AnyLayer, ...],
        OrWord(("auto", "linear", "mlp", "realmlp")),
        BeforeValidator(own_or_same),
    ] = Field(
        _AUTO,
        description="the layers before the output layer, which is added automatically, "
        "or the name of a default model; in Python, also a Flax NNX module class or a "
        "function that returns a module",
    )
    cost: Annotated[AnyCost, OrWord(("auto",))] = Field(
        _AUTO, description='the cost to optimize; "auto" chooses one for the task'
    )
    optimizer: AnyOptimizer = Field(
        Adam(), description="the optimizer and its learning rate"
    )
    schedule: AnySchedule = Field(Constant(), description="the learning-rate schedule")
    initial_values: Literal["random", "ridge"] = Field(
        "random",
        description='the values that training starts from; "ridge" starts a linear '
        "network for regression, or the kernel of a residual block with one output, at "
        "the solution of ridge regression",
    )
    dropout_schedule: AnySchedule = Field(
        Constant(),
        description="the schedule that multiplies the rates of all dropout layers",
    )
    regularizers: Annotated[tuple[AnyRegularizer, ...], OrWord(("auto",))] = Field(
        _AUTO,
        description='regularizers such as L1, L2 and early stopping; "auto" chooses a '
        "suitable set",
    )
    augment: tuple[AnyAugmentation, ...] = Field(
        (),
        description="random changes to the training examples, in order of application",
    )
    clip_norm: Positive | None = Field(
        None, description="maximum norm of the gradient; None disables clipping"
    )
    class_weights: Literal["none", "balanced"] = Field(
        "none",
        description='"balanced" weights classes in inverse proportion to their '
        "frequency",
    )
    batch_size: Annotated[
        int | str | Space,
        Range(1, whole=True, traced=False, words=("all", "auto"), example=32),
    ] = Field(
        "auto",
        description='examples per batch; "all" for the whole data set, "auto" for a '
        "size suited to the number of examples",
    )
    accumulate: Count = Field(
        1,
        description="number of parts into which each batch is split to save memory; "
        "the update stays the same, but batch normalization sees one part at a time",
    )
    num_epochs: Annotated[
        int | str | Space,
        Range(1, whole=True, traced=True, words=("auto",), example=100),
    ] = Field("auto", description="maximum number of passes over the training part")
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="data type of matrix products"
    )
    devices: Annotated[
        int | str, Range(1, whole=True, traced=False, words=("all",), example=2)
    ] = Field(
        "all",
        description="number of devices, such as GPUs, over which each batch is split; "
        '"all" for all devices of the machine',
    )
    freeze: tuple[str, ...] = Field(
        (),
        description="names or patterns of layers whose parameters and running "
        'statistics stay fixed, such as ["conv*"]',
    )
    learning_rate_of: Factors = Field(
        NO_FACTORS,
        description='learning-rate multipliers by layer, such as {"conv*" = 0.1}; if '
        "several patterns match a layer, the product of their multipliers applies",
    )

    @property
    def own(self) -> OwnModule | None:
        """The custom network, or None if the model consists of layers."""
        first = None if isinstance(self.model, str) else next(iter(self.model), None)
        return first if isinstance(first, OwnModule) else None

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with new values for the fields at the given paths."""
        if self.own is None or not values:
            return super().with_values(values)
        # A custom network cannot be read back from data, so it is restored here.
        rest = self.model_copy(update={"model": ()}).with_values(values)
        return rest.model_copy(update={"model": self.model})

    @model_validator(mode="after")
    def _each_once(self) -> "Training":
        messages = []
        singular = {"regularizers": "regularizer", "augment": "augmentation"}
        for name, what in singular.items():
            kinds = [m.kind for m in getattr(self, name) if isinstance(m, Family)]
            if len(kinds) > len(set(kinds)):
                messages.append(
                    f"Each kind of {what} may occur only once, but got "
                    f"{name}={kinds!r}. Remove the duplicates."
                )
        if messages:
            raise PydanticCustomError("said", "each once", {"messages": messages})
        return self


class Tune(Spec):
    """The settings of the hyperparameter search."""

    num_trials: Annotated[
        int | str, Range(1, whole=True, words=("auto",), traced=False, example=20)
    ] = Field(
        "auto",
        description='number of trials; "auto" is 1 if there is no search space',
    )
    time_seconds: Annotated[float, Range(0, open_low=True, example=60)] | None = Field(
        None,
        description="time limit for the whole run, including refit and test; None for "
        "no limit",
    )
    group_size: Annotated[int, Range(1, whole=True, traced=False, example=8)] = Field(
        8, description="number of trials to propose before any of them has finished"
    )
    sampler: Literal["tpe", "random"] = Field(
        "tpe",
        description='how trials are proposed: "tpe" learns from earlier trials, but '
        '"random" does not',
    )
    pruner: Literal["auto", "halving", "none"] = Field(
        "auto",
        description='"halving" continues only the third of each group with the best '
        'val results after 1/27, 1/9 and 1/3 of the epochs; "none" trains all trials '
        'to completion; "auto" uses halving if fits are long enough to benefit',
    )
    together: Literal["auto", "stacked", "apart"] = Field(
        "auto",
        description='"stacked" trains the trials of a group in one program if their '
        'shapes are equal; "apart" trains trials in parallel on the CPU cores; "auto" '
        "stacks trials on a GPU",
    )
    range_test: bool = Field(
        False,
        description="whether to search for the learning rate between 1/5 and 2 times "
        "the rate that a range test suggests",
    )


class Experiment(Training):
    """The settings of the whole protocol on one data set.

    Example:
        >>> Experiment(data="digits", seed=3).split.test
        0.15
    """

    data: str = Field(
        "", description="a file, a folder, an address, or a built-in data set"
    )
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
        description="column kinds that override the inferred kinds, such as "
        '{"zip": "category"}',
    )
    test_data: str | None = Field(
        None, description="separate data for the test part, in the same format"
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
        "original mode, which all images must share",
    )
    series_column: str | None = Field(
        None,
        description="the column that identifies the sequence of each row, for tables "
        "with one row per time step",
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
        description="number of final networks to train, whose predictions are "
        'averaged; "auto" is 4 for model="realmlp", otherwise 1',
    )
    fix: bool = Field(
        False,
        description="whether to try remedies for faults in training, and to keep those "
        "that improve the result on val; a time limit does not include them",
    )
    open_anyway: bool = Field(
        False,
        description="whether to open the test part even if training clearly failed",
    )
    split: Split = Field(Split(), description="how the examples are split")
    tune: Tune = Field(Tune(), description="how hyperparameters are tuned")
    seed: Annotated[int, Range(0, whole=True, traced=False, example=0)] = Field(
        0, description="the seed for all random numbers in the run"
    )

    @model_validator(mode="after")
    def _fresh_of_what(self) -> "Experiment":
        if self.fresh and self.start_from is None:
            message = (
                f"fresh={list(self.fresh)} names layers of a source run, but "
                'start_from is not set. Write start_from = "runs/NAME".'
            )
            raise PydanticCustomError("said", "fresh", {"messages": [message]})
        return self

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Yield the fields to show, without the secrets in addresses."""
        for name, value in super().__repr_args__():
            yield name, without_secrets(value) if isinstance(value, str) else value

    def training(self) -> Training:
        """Return the settings of a fit."""
        fields = {name: getattr(self, name) for name in Training.model_fields}
        return Training(**fields)
