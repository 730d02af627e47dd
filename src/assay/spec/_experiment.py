"""The whole of what a user asks for: one experiment, by the book."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
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

_AUTO: Any = "auto"  # a word where the field, once resolved, holds a value
_Pixels = Annotated[int, Range(1, whole=True, traced=False, example=32)]
_Part = Annotated[float, Range(0, 1, open_low=True, open_high=True, example=0.15)]


def _as_text(path: Any) -> Any:
    """Return the path of a folder, or of a run that is in one, as text."""
    path = getattr(path, "path", path)
    return os.fspath(path) if isinstance(path, os.PathLike) else path


class Split(Spec):
    """How the examples are parted: 70 % train, 15 % val, 15 % sealed test.

    Args:
        by: "class" (stratified), "random", "group", "time", or "given" where the test
            part comes with the data; "auto" takes a given test part, and else
            stratifies classes and draws at random for regression.
        column: the column of the groups or times.
        train, val, test: the parts; they add up to 1.
    """

    by: Literal["auto", "class", "random", "group", "time", "given"] = "auto"
    column: str | None = None
    train: _Part = 0.70
    val: _Part = 0.15
    test: _Part = 0.15

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
    """What one training needs: model, cost, optimizer, regularizers, batches.

    Args:
        model: the layers from input to just before the output, which the task sets;
            or the name of a default model; in Python also what makes a Flax NNX module
            of one's own.
        cost: what is optimized; "auto" takes it from the task.
        optimizer: with its learning rate.
        schedule: of the learning rate.
        regularizers: L1, L2, early stopping, and so on; "auto" for a sensible set.
        augment: how training examples are varied at random, one after the other.
        clip_norm: greatest norm of a gradient; None leaves gradients alone.
        class_weights: "balanced" weighs each class by 1 / its share.
        batch_size: instances run together; "all" for the whole data set, "auto" for
            a size that fits the number of examples.
        accumulate: in how many parts a batch is run where memory is short; the update
            is the same, but batch normalization looks at one part at a time.
        num_epochs: greatest number of passes over the training part.
        precision: "float32", or "bfloat16" for the products of matrices.
        freeze: layers whose parameters and running statistics stay as they start, by
            name or pattern, as in ["conv*"].
        learning_rate_of: factors of the learning rate by layers, as in {"conv*" = 0.1};
            where several patterns match they are multiplied.
    """

    model: Annotated[
        tuple[AnyLayer, ...],
        OrWord(("auto", "linear", "mlp")),
        BeforeValidator(own_or_same),
    ] = _AUTO
    cost: Annotated[AnyCost, OrWord(("auto",))] = _AUTO
    optimizer: AnyOptimizer = Adam()
    schedule: AnySchedule = Constant()
    regularizers: Annotated[tuple[AnyRegularizer, ...], OrWord(("auto",))] = _AUTO
    augment: tuple[AnyAugmentation, ...] = ()
    clip_norm: Positive | None = None
    class_weights: Literal["none", "balanced"] = "none"
    batch_size: Annotated[
        int | str | Space,
        Range(1, whole=True, traced=False, words=("all", "auto"), example=32),
    ] = "auto"
    accumulate: Count = 1
    num_epochs: Annotated[
        int | str | Space,
        Range(1, whole=True, traced=True, words=("auto",), example=100),
    ] = "auto"
    precision: Literal["float32", "bfloat16"] = "float32"
    freeze: tuple[str, ...] = ()
    learning_rate_of: Factors = NO_FACTORS

    @property
    def own(self) -> OwnModule | None:
        """The network of the user's own, where there is one."""
        first = None if isinstance(self.model, str) else next(iter(self.model), None)
        return first if isinstance(first, OwnModule) else None

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy in which the fields at the given paths are replaced."""
        if self.own is None or not values:
            return super().with_values(values)
        named = self.model_copy(update={"model": ()})  # it cannot be read from data
        found = named.with_values(values)
        return found.model_copy(update={"model": self.model})

    @model_validator(mode="after")
    def _each_once(self) -> "Training":
        messages = []
        singular = {"regularizers": "regularizer", "augment": "augmentation"}
        for name, what in singular.items():
            kinds = [m.kind for m in getattr(self, name) if isinstance(m, Family)]
            if len(kinds) > len(set(kinds)):
                rule, fix = f"each {what} stands once", "Leave out the second."
                messages.append(fault(rule, name, kinds, fix))
        if messages:
            raise PydanticCustomError("said", "each once", {"messages": messages})
        return self


class Tune(Spec):
    """How hyper-parameters are searched.

    Args:
        num_trials: how many settings are tried; "auto" takes 1 where the spec has no
            space.
        time_seconds: a budget for all of the run, its end included; None for none.
        group_size: how many trials are proposed before any of them is told.
        sampler: "tpe" learns from earlier trials, "random" does not.
        pruner: "halving" trains the better third of each group further, judged on val
            after 1/27, 1/9 and 1/3 of the epochs; "none" trains all to their end;
            "auto" halves where a training is long enough to be worth it.
        together: "stacked" trains those of a group that share their shapes in one
            program, "apart" side by side on the cores; "auto" stacks on a GPU.
        range_test: whether the learning rate is searched from a fifth to twice of what
            a range test proposes.
    """

    num_trials: Annotated[
        int | str, Range(1, whole=True, words=("auto",), traced=False, example=20)
    ] = "auto"
    time_seconds: Annotated[float, Range(0, open_low=True, example=60)] | None = None
    group_size: Annotated[int, Range(1, whole=True, traced=False, example=8)] = 8
    sampler: Literal["tpe", "random"] = "tpe"
    pruner: Literal["auto", "halving", "none"] = "auto"
    together: Literal["auto", "stacked", "apart"] = "auto"
    range_test: bool = False


class Experiment(Training):
    """The protocol on one data set: split, tune on val, refit, open the test part.

    Args:
        data: a file, a folder, or the name of a built-in set.
        target: the column to predict.
        task: "binary", "multiclass" or "regression"; "auto" lets the target decide.
        ignore: columns that are no features, such as an id or a group.
        kinds: what columns hold, where the guess is wrong, as in
            {"zip": "category"}.
        test_data: a source of the same form whose examples are the test part.
        stream: whether rows stay on the disk and are read as they are trained on: true,
            false, or "auto" for what would fill the memory.
        image_size: height and width that images are resized to, as in [32, 32].
        image_mode: "L" makes images gray, "RGB" colored; "auto" keeps what all are.
        series_column: names the series a row belongs to, in a table with a row for
            each moment.
        time_column: orders the rows of a series.
        start_from: a saved run, whose layers and what they have learned are taken over,
            and with them the preparation of inputs; the output layer too, if the task
            is the same.
        fresh: layers of that run that start anew all the same, by name or pattern, as
            in ["output"].
        split: how the examples are parted.
        tune: how hyper-parameters are searched.
        seed: every random number of the run is derived from it.

    Example:
        >>> Experiment(data="digits", seed=3).split.test
        0.15
    """

    data: str = ""
    target: str | None = None
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    ignore: tuple[str, ...] = ()
    kinds: dict[str, str] = {}
    test_data: str | None = None
    stream: bool | Literal["auto"] = "auto"
    image_size: tuple[_Pixels, _Pixels] | None = None
    image_mode: Literal["auto", "L", "RGB"] = "auto"
    series_column: str | None = None
    time_column: str | None = None
    start_from: Annotated[str | None, BeforeValidator(_as_text)] = None
    fresh: tuple[str, ...] = ()
    split: Split = Split()
    tune: Tune = Tune()
    seed: Annotated[int, Range(0, whole=True, traced=False, example=0)] = 0

    @model_validator(mode="after")
    def _fresh_of_what(self) -> "Experiment":
        if self.fresh and self.start_from is None:
            rule, fix = "fresh needs start_from", 'Write start_from = "runs/NAME".'
            message = fault(rule, "fresh", list(self.fresh), fix)
            raise PydanticCustomError("said", "fresh", {"messages": [message]})
        return self

    def training(self) -> Training:
        """Return the part that one training needs."""
        fields = {name: getattr(self, name) for name in Training.model_fields}
        return Training(**fields)
