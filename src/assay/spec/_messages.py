"""Error messages for specs, created from pydantic's errors."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from assay._errors import did_you_mean, fault
from assay.spec._range import Range
from assay.spec._space import Log, Uniform

__all__ = ["messages"]

Location = tuple[Any, ...]

_MAX_SHOWN = 200  # maximum number of characters of a value in a message

# The expected value and how to write it, by pydantic error type.
_TYPES = {
    "bool_parsing": ("true or false", "Write true or false."),
    "bool_type": ("true or false", "Write true or false."),
    "dict_type": ("a table", "Write a table, such as {key = value}."),
    "model_type": ("a table", "Write a table, such as {key = value}."),
    "string_type": ("text", "Write text in quotes."),
    "tuple_type": ("a list", "Write a list, such as [...]."),
}


def messages(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one message for each fault in a validation error."""
    return list(_walk(error.errors(), model, ()))


def _walk(lines: list[Any], model: type[BaseModel], place: Location) -> Iterator[str]:
    for line in lines:
        here = place + tuple(line["loc"])
        if line["type"] == "nested":
            yield from _walk(line["ctx"]["lines"], line["ctx"]["member"], here)
        elif line["type"] == "said":  # raised by our validators with a complete message
            yield from line["ctx"]["messages"]
        else:
            yield _message(line, model, _path(here))


def _path(location: Location) -> str:
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location)
    return path.lstrip(".")


def _message(line: Any, model: type[BaseModel], path: str) -> str:
    context = line.get("ctx", {})
    match line["type"]:
        case "range":
            return _out_of_range(context["range"], path, context["value"])
        case "space":
            return f"{path}: {context['message']}"
        case "extra_forbidden":
            known = list(_model_at(model, line["loc"]).model_fields)
            near = did_you_mean(str(line["loc"][-1]), known)
            return f"unknown key {path}={_shown(line['input'])}.{near}" + (
                "" if near else f" Known keys: {', '.join(known) or 'none'}."
            )
        case "kind":
            near = did_you_mean(context["value"], context["kinds"])
            known = ", ".join(sorted(context["kinds"]))
            got = f"{path}={context['value']!r}"
            return f"unknown {context['family']} {got}.{near} Known: {known}."
        case "family":
            name, example = context["family"], context["kinds"][0]
            fix = f'Write a table, such as {{kind = "{example}"}}.'
            article = "an" if name[0] in "aeiou" else "a"
            return (
                f"Expected {article} {name}, but got {path}={context['value']!r}. {fix}"
            )
        case "word" | "literal_error":
            expected = context.get("expected", "")  # "'a', 'b' or 'c'"
            words = context.get("words") or re.findall("'(.+?)'", expected)
            near = did_you_mean(line["input"], words)
            known = ", ".join(words)
            return f"unknown value {path}={line['input']!r}.{near} Known: {known}."
        case "missing":
            return f"{path} is missing and has no default. Add it."
    what, fix = _TYPES.get(line["type"], (f"a valid value ({line['msg']})", ""))
    return f"Expected {what}, but got {path}={_shown(line['input'])}. {fix}".rstrip()


def _shown(value: Any) -> str:
    """Return the repr of a value, truncated if it is long, as for an array."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _out_of_range(bounds: Range, path: str, value: Any) -> str:
    name = path.rsplit(".", 1)[-1]
    fix = f"Use a number, such as {bounds.example}."
    if bounds.whole and isinstance(value, Uniform | Log):
        fix = "Use integer(low, high) or choice(...)."
    if bounds.words:
        fix += f" These words are also allowed: {', '.join(bounds.words)}."
    return fault(bounds.invariant(name, value), path, value, fix)


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the model that contains the last key of a location."""
    for name in location[:-1]:
        inner = model.model_fields[name].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return model
        model = inner
    return model
