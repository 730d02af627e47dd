"""What every spec is built on: frozen models whose bounds are declared once.

A field that is a hyper-parameter carries a `Range`. From it come the check, the text
of the fault, the search space's own check, the command line's help and the invalid
values the tests try.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_serializer
from pydantic._internal._model_construction import ModelMetaclass
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, core_schema

from assay._errors import InputError, did_you_mean, fault
from assay.spec._space import Log, Space, Uniform, parse_space

__all__ = ["Family", "OrWord", "Range", "Spec"]

_LARGEST = 3.4e38  # what float32 holds; the program takes its inputs as such


@dataclass(frozen=True)
class Range:
    """The bounds of a hyper-parameter, and whether it is a traced input.

    Args:
        low: least value; None for no bound.
        high: greatest value; None for no bound.
        open_low: whether low itself is excluded.
        open_high: whether high itself is excluded.
        whole: whether only whole numbers are allowed.
        traced: whether the compiled program takes it as an input, so that changing
            it never compiles again. A number that sets a shape cannot be traced.
        words: words allowed in place of a number, such as "all".
        example: a value to paste.
    """

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    traced: bool = True
    words: tuple[str, ...] = ()
    example: float | str = 0.1

    def invariant(self, name: str, value: Any = None) -> str:
        """Word the bounds around a name, as "0 <= rate < 1", or what else is broken."""
        if isinstance(value, int | float) and not abs(value) <= _LARGEST:
            return f"{name} is a finite float32"
        real = isinstance(value, float) and not value.is_integer()
        if self.whole and (real or isinstance(value, Uniform | Log)):
            return f"{name} is whole"
        low = "" if self.low is None else f"{self.low:g} {'<' * self.open_low or '<='} "
        if self.high is not None:
            return f"{low}{name} {'<' * self.open_high or '<='} {self.high:g}"
        if self.low is not None:
            return f"{name} {'>' * self.open_low or '>='} {self.low:g}"
        return f"{name} is a {'whole ' * self.whole}number"

    def holds(self, value: Any) -> bool:
        """Tell whether a single value lies within the bounds."""
        if value in self.words and isinstance(value, str):
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if not abs(value) <= _LARGEST or self.whole and value != int(value):
            return False
        above = self.low is None or value > self.low or value == self.low
        above = above and not (self.open_low and value == self.low)
        below = self.high is None or value < self.high or value == self.high
        return above and below and not (self.open_high and value == self.high)

    def invalid_values(self) -> Iterator[Any]:
        """Yield values the bounds forbid; the tests feed them to every spec."""
        yield "not a number"
        yield float("nan")
        yield float("inf")
        if self.low is not None:
            yield self.low if self.open_low else self.low - 1
        if self.high is not None:
            yield self.high if self.open_high else self.high + 1
        if self.whole:
            yield 1.5

    def check(self, value: Any, *, searchable: bool = True) -> Any:
        """Return the value as a number, a word or, if searchable, a space, or raise."""
        if searchable and isinstance(value, str) and value not in self.words:
            value = _space_or_same(value)
        if searchable and isinstance(value, Space):
            fits = not (self.whole and isinstance(value, Uniform | Log))
            if not (fits and all(self.holds(end) for end in value.ends())):
                raise self._broken(value)
            return value
        if not self.holds(value):
            raise self._broken(value)
        if isinstance(value, str):
            return value
        return int(value) if self.whole else float(value)

    def _broken(self, value: Any) -> PydanticCustomError:
        context = {"range": self, "value": value}
        return PydanticCustomError("range", "out of range", context)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        searchable = Space in get_args(source)
        return core_schema.no_info_plain_validator_function(
            lambda value: self.check(value, searchable=searchable),
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda value: str(value) if isinstance(value, Space) else value
            ),
        )


@dataclass(frozen=True)
class OrWord:
    """Lets a field hold one of a few words in place of its value."""

    words: tuple[str, ...]

    def check(self, value: Any, handler: Any) -> Any:
        """Return the word, or what the field's own check makes of the value."""
        if isinstance(value, str) and value in self.words:
            return value
        try:
            return handler(value)
        except ValidationError as error:
            if isinstance(value, str) and error.errors()[0]["type"] == "tuple_type":
                context = {"words": self.words, "value": value}
                raise PydanticCustomError("word", "unknown word", context) from None
            raise

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_wrap_validator_function(
            self.check,
            handler(source),
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda value, inner: value if isinstance(value, str) else inner(value),
                schema=handler(source),
            ),
        )


def _space_or_same(text: str) -> Any:
    try:
        return parse_space(text) or text
    except InputError as error:
        context = {"message": str(error)}
        raise PydanticCustomError("space", "bad space", context) from None


class _SpecMeta(ModelMetaclass):
    """Takes leading fields by position and tells faults in the house form."""

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        names = list(cls.model_fields)  # type: ignore[attr-defined]
        if len(args) > len(names):
            fix = f"It takes {', '.join(names) or 'no arguments'}."
            message = f"{cls.__name__} got {len(args)} positional arguments. {fix}"
            raise InputError(message)
        try:
            return super().__call__(**dict(zip(names, args, strict=False)), **kwargs)
        except ValidationError as error:
            faults = _messages(error, cls)  # type: ignore[arg-type]
            raise InputError(faults) from None


class Spec(BaseModel, metaclass=_SpecMeta):
    """A frozen description of something a user asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    if TYPE_CHECKING:  # the metaclass takes leading fields by position

        def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def to_data(self) -> dict[str, Any]:
        """Return plain data (as in TOML or JSON) that reads back to an equal spec."""
        return self.model_dump(mode="json")

    def leaves(self) -> Iterator[tuple[str, Range | None, Any]]:
        """Yield (path, range, value) of every field, as "optimizer.learning_rate".

        The keys of a table stand in quotes, as in `learning_rate_of."conv*"`.
        """
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            yield from _leaves(name, _bounds(field), value)

    def spaces(self) -> dict[str, Space]:
        """Return the search space of every hyper-parameter that has one."""
        return {p: v for p, _, v in self.leaves() if isinstance(v, Space)}

    def traced(self) -> dict[str, float]:
        """Return every hyper-parameter that the compiled program takes as an input."""
        return {p: v for p, r, v in self.leaves() if _is_traced(r, v)}

    def structure(self) -> str:
        """Return what remains when traced values are blanked: the program's identity.

        Two specs of equal structure share one compiled program.
        """
        leaves = self.leaves()
        data = [(p, "traced" if _is_traced(r, v) else v) for p, r, v in leaves]
        return json.dumps(data, default=str)

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """Return a copy in which the fields at the given paths are replaced."""
        if not values:
            return self
        data = self.to_data()
        for path, value in values.items():
            _assign(data, path, value)
        data.pop("kind", None)  # of a family's member: its class says it
        return type(self)(**data)


def _bounds(field: FieldInfo) -> Range | None:
    """Return the range of a field, also of one that may be None instead."""
    inner = [getattr(a, "__metadata__", ()) for a in get_args(field.annotation)]
    found = chain(field.metadata, *inner)
    return next((m for m in found if isinstance(m, Range)), None)


def _is_traced(bounds: Range | None, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return bounds is not None and bounds.traced and number


def _leaves(
    path: str, bounds: Range | None, value: Any
) -> Iterator[tuple[str, Range | None, Any]]:
    if isinstance(value, Spec):
        if isinstance(value, Family):
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
    keys = re.findall(r'"(?:[^"\\]|\\.)*"|[^.\[\]"]+', path)
    *parents, last = [json.loads(key) if key[0] == '"' else key for key in keys]
    for key in parents:
        data = data[int(key)] if isinstance(data, list) else data[key]
    data[last] = value


class Family(Spec):
    """One member of a family whose members are told apart by their kind.

    A direct subclass is a family (`Layer`, `Optimizer`); its subclasses with a `kind`
    are its members. As data a member is a table with its kind, or the kind alone:
    `{kind = "dense", units = 64}`, `"relu"`.
    """

    kind: ClassVar[str] = ""
    formula: ClassVar[str] = ""  # in the names of the fields
    listed: ClassVar[bool] = True  # whether data may name it
    members: ClassVar[dict[str, type["Family"]]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Family in cls.__bases__:
            cls.members = {}
        elif cls.kind and cls.listed:
            cls.members[cls.kind] = cls

    @classmethod
    def defaults(cls) -> dict[str, float]:
        """Return the default of each hyperparameter that may be traced."""
        found = {n: (_bounds(f), f.default) for n, f in cls.model_fields.items()}
        return {name: v for name, (bounds, v) in found.items() if _is_traced(bounds, v)}

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: Any) -> dict[str, Any]:
        return {"kind": self.kind, **handler(self)}

    @classmethod
    def read(cls, value: Any) -> Any:
        """Return the member that a piece of data names; a member is returned as is."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, dict) or "kind" not in value:
            context = {"family": cls, "value": value}
            raise PydanticCustomError("family", "not a member", context)
        kind = value["kind"]
        member = cls.members.get(kind) if isinstance(kind, str) else None
        if member is None:
            context = {"family": cls, "value": kind}
            raise PydanticCustomError("kind", "unknown kind", context)
        try:
            return member.model_validate({k: value[k] for k in value if k != "kind"})
        except ValidationError as error:  # core would drop the place and the others
            context = {"lines": error.errors(), "member": member}
            raise PydanticCustomError("nested", "bad member", context) from None


def _messages(error: ValidationError, model: type[Spec]) -> list[str]:
    return list(_walk(error.errors(), model, ()))


def _walk(lines: Any, model: type[Spec], place: tuple[Any, ...]) -> Iterator[str]:
    for line in lines:
        here = place + tuple(line["loc"])
        if line["type"] == "nested":
            yield from _walk(line["ctx"]["lines"], line["ctx"]["member"], here)
        elif line["type"] == "said":
            yield from line["ctx"]["messages"]
        else:
            yield _message(line, model, here)


def _path(location: tuple[int | str, ...]) -> str:
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location)
    return path.lstrip(".")


def _message(line: Any, model: type[Spec], place: tuple[Any, ...]) -> str:
    path, context = _path(place), line.get("ctx", {})
    match line["type"]:
        case "range":
            bounds: Range = context["range"]
            last, value = path.rsplit(".", 1)[-1], context["value"]
            fix = f"Write a number, such as {bounds.example}."
            if bounds.whole and isinstance(value, Uniform | Log):
                fix = "Write integer(low, high), or choice(...)."
            if bounds.words:
                fix += f" Or one of the words {', '.join(bounds.words)}."
            return fault(bounds.invariant(last, value), path, value, fix)
        case "space":
            return f"{path}: {context['message']}"
        case "extra_forbidden":
            known = list(_model_at(model, line["loc"]).model_fields)
            near = did_you_mean(str(line["loc"][-1]), known)
            return f"unknown key {path}={line['input']!r}.{near}" + (
                "" if near else f" Known keys: {', '.join(known) or 'none'}."
            )
        case "kind":
            family: type[Family] = context["family"]
            near = did_you_mean(context["value"], family.members)
            known = ", ".join(sorted(family.members))
            name = family.__name__.lower()
            got = f"{path}={context['value']!r}"
            return f"unknown {name} {got}.{near} Known: {known}."
        case "family":
            name = context["family"].__name__.lower()
            example = next(iter(context["family"].members))
            fix = f'Write a table, such as {{kind = "{example}"}}.'
            article = "an" if name[0] in "aeiou" else "a"
            return fault(f"{path} is {article} {name}", path, context["value"], fix)
        case "word" | "literal_error":
            expected = context.get("expected", "")  # "'a', 'b' or 'c'"
            words = context.get("words") or re.findall("'(.+?)'", expected)
            near = did_you_mean(line["input"], words)
            known = ", ".join(words)
            return f"unknown word {path}={line['input']!r}.{near} Known: {known}."
        case "missing":
            return f"{path} is missing. It must be given."
    what, fix = _TYPES.get(line["type"], (f"is right ({line['msg']})", ""))
    return fault(f"{path} {what}", path, line["input"], fix)


_TYPES = {
    "bool_parsing": ("is true or false", "Write true or false."),
    "bool_type": ("is true or false", "Write true or false."),
    "dict_type": ("is a table", "Write a table of keys."),
    "model_type": ("is a table", "Write a table of keys."),
    "string_type": ("is text", "Write it in quotes."),
    "tuple_type": ("is a list", "Write a list, such as [...]."),
}


def _model_at(model: type[Spec], location: tuple[Any, ...]) -> type[Spec]:
    """Return the model that holds the last key of a location."""
    for name in location[:-1]:
        inner = model.model_fields[name].annotation
        if not (isinstance(inner, type) and issubclass(inner, Spec)):
            return model
        model = inner
    return model
