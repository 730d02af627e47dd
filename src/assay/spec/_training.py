"""The settings for a fit."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

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
from assay.spec.layers._custom_network import OwnModule, own_or_same
from assay.spec.layers._layer import AnyLayer

__all__ = ["Training"]

_AUTO: Any = "auto"  # the run replaces it with an actual value


class Training(Spec):
    """The settings for a fit: model, cost, optimizer, regularizers and batches."""

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
        _AUTO, description='the cost to minimize; "auto" chooses one for the task'
    )
    optimizer: AnyOptimizer = Field(
        Adam(), description="the optimizer and its learning rate"
    )
    schedule: AnySchedule = Field(Constant(), description="the learning-rate schedule")
    initial_values: Literal["random", "ridge"] = Field(
        "random",
        description='the values that training starts from; "ridge" starts a linear '
        "network for regression, or the kernel of a residual block with one output, at "
        "the ridge regression solution",
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
        description='examples per batch; "all" for the whole training set, "auto" for '
        "a size suited to the number of examples",
    )
    accumulate: Count = Field(
        1,
        description="number of parts into which each batch is split to save memory; "
        "the update stays the same, but batch normalization sees one part at a time",
    )
    num_epochs: Annotated[
        int | str | Space,
        Range(1, whole=True, traced=True, words=("auto",), example=100),
    ] = Field("auto", description="maximum number of passes over the training set")
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="data type used for matrix products"
    )
    devices: Annotated[
        int | str, Range(1, whole=True, traced=False, words=("all",), example=2)
    ] = Field(
        "all",
        description="number of devices, such as GPUs, over which each batch is split; "
        '"all" for all devices in the machine',
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
    def _check_kinds_differ(self) -> "Training":
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
