"""Networks that users write in Python instead of as a list of layers."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import PlainSerializer
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._range import Range
from assay.spec._spec import Spec
from assay.spec.layers._layer import Layer

__all__ = ["OwnModule", "own_or_same"]


def _name(factory: Any) -> str:
    """Return the name of a factory, such as a partial, for the records."""
    factory = getattr(factory, "func", factory)
    name = getattr(factory, "__qualname__", type(factory).__qualname__)
    return f"{getattr(factory, '__module__', '')}.{name}".lstrip(".")


class OwnModule(Layer):
    """A custom Flax NNX module that maps inputs to raw outputs.

    Custom networks are available only in Python, as `model=MyNetwork`. A record
    contains only the name of the factory, so the factory must be passed again when the
    record is read.

    Args:
        factory: class or function, called as factory(input_shape, num_outputs,
            rngs=rngs).
    """

    kind: ClassVar[str] = "own_module"
    is_whole_list: ClassVar[bool] = True
    listed: ClassVar[bool] = False
    factory: Annotated[Any, PlainSerializer(_name, return_type=str)]

    def leaves(self) -> Iterator[tuple[str, Range | None, Any]]:
        """Yield the name of the factory."""
        yield "factory", None, self.name

    @property
    def name(self) -> str:
        """Name of the factory."""
        return _name(self.factory)


def own_or_same(model: Any) -> Any:
    """Wrap factories of custom networks as layers. Return other values unchanged."""
    items = model if isinstance(model, tuple | list) else (model,)
    own = [i for i in items if isinstance(i, OwnModule) or _is_factory(i)]
    if not own:
        return model
    message = None
    if len(items) > 1:
        fix = "A custom network must be the whole model. Write model=MyNetwork."
        rule = "len(model) == 1"
        message = fault(rule, "model", f"{len(items)} layers", fix)
    elif not isinstance(own[0], type) and _is_flax_module(type(own[0])):
        name = type(own[0]).__name__
        fix = f"Write model={name}, or a function that returns a {name}."
        message = (
            f"The model must be a class or a function, but got model={name}(...). {fix}"
        )
    if message is not None:
        raise PydanticCustomError("said", "own", {"messages": [message]})
    return tuple(o if isinstance(o, OwnModule) else OwnModule(factory=o) for o in own)


def _is_factory(value: Any) -> bool:
    return callable(value) and not (isinstance(value, type) and issubclass(value, Spec))


def _is_flax_module(kind: type) -> bool:
    # Classes are compared by name because this package does not import Flax.
    return any(base.__module__.startswith("flax.nnx") for base in kind.__mro__)
