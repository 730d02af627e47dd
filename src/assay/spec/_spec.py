"""The base class of specs."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic._internal._model_construction import ModelMetaclass
from pydantic.fields import FieldInfo

from assay._errors import InputError
from assay._html import html_table
from assay._urls import without_secrets
from assay.spec._messages import messages
from assay.spec._range import Range
from assay.spec._space import Space

__all__ = ["Spec", "bounds_of", "is_traced"]

_MOST_TEXT = 200  # maximum number of characters shown per value in a notebook

Leaf = tuple[str, Range | None, Any]  # path, bounds, value


class _SpecMeta(ModelMetaclass):
    """Accepts fields as positional arguments and reports errors as an InputError."""

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        names = list(cls.model_fields)  # type: ignore[attr-defined]
        if len(args) > len(names):
            fix = f"It takes {', '.join(names) or 'no arguments'}."
            fault = f"{cls.__name__} got too many positional arguments ({len(args)})."
            raise InputError(f"{fault} {fix}")
        _check_lists(cls, kwargs)
        try:
            return super().__call__(**dict(zip(names, args, strict=False)), **kwargs)
        except ValidationError as error:
            faults = messages(error, cls)  # type: ignore[arg-type]
            raise InputError(faults) from None


def _check_lists(model: Any, values: Mapping[str, Any]) -> None:
    """Raise an InputError if a spec was passed where a list is required."""
    faults = []
    for name, value in values.items():
        field = model.model_fields.get(name)
        alone = isinstance(value, Spec) and not value.is_whole_list
        if alone and field and "tuple[" in str(field.annotation):
            faults.append(
                f"Expected a list, but got {name}={value!r}. Write a list, such as "
                f"[{value!r}]."
            )
    if faults:
        raise InputError(faults)


class Spec(BaseModel, metaclass=_SpecMeta):
    """An immutable part of an experiment's description."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str] = ""  # identifies a member of a family; otherwise empty
    is_whole_list: ClassVar[bool] = False  # whether it may replace a list of specs

    if TYPE_CHECKING:  # tells type checkers that positional arguments are allowed

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def to_data(self) -> dict[str, Any]:
        """Return the spec as plain data, from which an equal spec can be created."""
        return self.model_dump(mode="json")

    def leaves(self) -> Iterator[Leaf]:
        """Yield the path, range and value of each field.

        A path looks like "optimizer.kind" or, for a key of a table,
        `learning_rate_of."conv*"`.
        """
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            yield from _leaves(name, bounds_of(field), value)

    def spaces(self) -> dict[str, Space]:
        """Return all search spaces, keyed by path."""
        return {p: v for p, _, v in self.leaves() if isinstance(v, Space)}

    def traced(self) -> dict[str, float]:
        """Return the values of all traced hyperparameters, keyed by path."""
        return {p: v for p, r, v in self.leaves() if is_traced(r, v)}

    def structure(self) -> str:
        """Return the spec without its traced values.

        Specs with the same structure share one compiled program.
        """
        leaves = self.leaves()
        data = [(p, "traced" if is_traced(r, v) else v) for p, r, v in leaves]
        return json.dumps(data, default=str)

    def _repr_html_(self) -> str:
        caption = type(self).__name__ + (f" ({self.kind})" if self.kind else "")
        rows = [(p, _shown(v)) for p, _, v in self.leaves() if not _is_empty(v)]
        return html_table(caption, rows)

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy with new values for the fields at the given paths."""
        if not values:
            return self
        data = self.to_data()
        for path, value in values.items():
            _assign(data, path, value)
        data.pop("kind", None)  # the member's class implies the kind
        return type(self)(**data)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | dict) and not value)


def _shown(value: Any) -> str:
    """Return a value as text, or only its type if it is large, such as a data frame."""
    is_small = isinstance(value, bool | int | float | str | tuple | dict | Space)
    text = without_secrets(value) if is_small else f"({type(value).__name__})"
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"


def bounds_of(field: FieldInfo) -> Range | None:
    """Return the range in a field's annotation, or None if there is none."""
    inner = [getattr(a, "__metadata__", ()) for a in get_args(field.annotation)]
    metadata = chain(field.metadata, *inner)
    return next((m for m in metadata if isinstance(m, Range)), None)


def is_traced(bounds: Range | None, value: Any) -> bool:
    """Return whether a value is a number and an input of the compiled program."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return bounds is not None and bounds.traced and number


def _leaves(path: str, bounds: Range | None, value: Any) -> Iterator[Leaf]:
    if isinstance(value, Spec):
        if value.kind:
            yield f"{path}.kind", None, value.kind
        for inner, inner_bounds, leaf in value.leaves():
            yield f"{path}.{inner}", inner_bounds, leaf
    elif isinstance(value, tuple) and any(isinstance(v, Spec) for v in value):
        for index, item in enumerate(value):
            yield from _leaves(f"{path}[{index}]", bounds, item)
    elif isinstance(value, dict) and bounds is not None:
        for key, item in value.items():
            yield f"{path}.{json.dumps(key, ensure_ascii=False)}", bounds, item
    else:
        yield path, bounds, value


def _assign(data: Any, path: str, value: Any) -> None:
    # A path consists of names, indices in brackets and table keys in JSON quotes.
    keys = re.findall(r'"(?:[^"\\]|\\.)*"|[^.\[\]"]+', path)
    *parents, last = [json.loads(key) if key[0] == '"' else key for key in keys]
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data[key]
    data[last] = value
