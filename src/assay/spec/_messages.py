"""Error messages for specs, created from pydantic's errors."""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from assay._errors import did_you_mean, fault, one_column
from assay._other_names import OTHER_NAMES
from assay.spec._range import Range
from assay.spec._space import Log, Uniform

__all__ = ["FAMILIES", "messages"]

FAMILIES: dict[str, dict[str, Any]] = {}
"""The members of each family, such as "layer", keyed by kind."""

Location = tuple[Any, ...]

_MAX_SHOWN = 200  # maximum number of characters of a value in a message

# The expected value and how to write it, keyed by pydantic error type.
_TYPES = {
    "bool_parsing": ("true or false", "Write true or false."),
    "bool_type": ("true or false", "Write true or false."),
    "dict_type": ("a table", ""),
    "model_type": ("a table", ""),
    "string_type": ("text", "Write text in quotes."),
}
_TABLES = {
    "kinds": '{"zip": "category"}',
    "learning_rate_of": '{"dense*": 0.1}',
    "split": '{"by": "random"}',
    "tune": '{"num_trials": 8}',
}
_COLUMNS = ("target", "series_column", "time_column")
_DEFAULT_REST = 0.85  # train plus test, if val has its default size
_DENSE = '{"kind": "dense", "units": 64}'
_LISTS = {"image_size": "[32, 32]", "model": f'[{_DENSE}, "relu"]'}
# The fields of an experiment that are named differently from their families.
_FIELDS = {"augmentation": "augment", "layer": "model", "regularizer": "regularizers"}


def messages(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one message for each fault in a validation error."""
    return list(_walk(error.errors(), model, (), known=model.model_fields))


def _walk(
    lines: list[Any], model: type[BaseModel], place: Location, *, known: Collection[str]
) -> Iterator[str]:
    for line in lines:
        here = place + tuple(line["loc"])
        if line["type"] == "nested":
            context = line["ctx"]
            yield from _walk(context["lines"], context["member"], here, known=known)
        elif str(line["loc"][-1] if line["loc"] else "").startswith("literal["):
            continue  # report only the field's other type
        elif line["type"] == "said":  # Assay's validators raise complete messages
            yield from line["ctx"]["messages"]
        else:
            message, (table, *keys) = _message(line, model, _path(here)), here or ("",)
            if line["type"] == "extra_forbidden" and keys and keys[-1] in known:
                message += (
                    f" If it is a field of the experiment, write it above [{table}]."
                )
            yield message


def _path(location: Location) -> str:
    # If a field allows several types, pydantic appends the type to the location.
    location = location[:-1] if location[-1:] == ("bool",) else location
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location)
    return path.lstrip(".")


def _message(line: Any, model: type[BaseModel], path: str) -> str:
    context = line.get("ctx", {})
    match line["type"]:
        case "range":
            bounds, value = context["range"], context["value"]
            return _out_of_range(bounds, path, value, context["searchable"])
        case "space":
            return f"{path}: {context['message']}"
        case "extra_forbidden":
            return _unknown_key(line, model, path)
        case "kind":
            value = context["value"]
            near = did_you_mean(value, context["kinds"])
            known = ", ".join(sorted(context["kinds"]))
            got = f"{path}={value!r}"
            other = _other_family(value, context["family"])
            return f"unknown {context['family']} {got}.{near} Known: {known}.{other}"
        case "family":
            return _not_a_member(context, path)
        case "word" | "literal_error":
            return _unknown_word(line, path)
        case "tuple_type":
            got = f"{path}={_shown(line['input'])}"
            fix = f"Write a list, such as {_as_list(line, path)}."
            return f"Expected a list, but got {got}. {fix}"
        case "missing":
            return f"{path} is missing and has no default. Add it."
    what, fix = _TYPES.get(line["type"], (f"a valid value ({line['msg']})", ""))
    if path in _COLUMNS and isinstance(line["input"], list | tuple) and line["input"]:
        what, fix = "the name of a column", one_column(path, line["input"])
    if path in _TABLES:
        example = _as_split(line["input"]) if path == "split" else ""
        fix = f"Write a table, such as {path} = {example or _TABLES[path]}."
    if path == "test_data":
        what, fix = "a separate source of data", _as_source(line["input"])
    return f"Expected {what}, but got {path}={_shown(line['input'])}. {fix}".rstrip()


def _as_source(value: Any) -> str:
    """Return advice on passing test data or setting the size of the test set."""
    if split := _as_split(value):
        return f"For the size of the test set, write split={split}."
    if isinstance(value, int | float):
        return "Use the path of a table."
    return "Write assay.train(assay.data.load(data, test_data=test_data))."


def _as_split(value: Any) -> str:
    """Return the sizes of a split as a table, or "" for any other value.

    Args:
        value: (train, val, test), or the proportion of the test set.
    """
    if isinstance(value, float) and 0 < value < _DEFAULT_REST:
        value = (round(_DEFAULT_REST - value, 4), round(1 - _DEFAULT_REST, 4), value)
    if not isinstance(value, list | tuple) or len(value) != 3:
        return ""
    if not all(isinstance(part, float) and 0 < part < 1 for part in value):
        return ""
    return json.dumps(dict(zip(("train", "val", "test"), value, strict=True)))


def _unknown_key(line: Any, model: type[BaseModel], path: str) -> str:
    owner, key = _model_at(model, line["loc"]), str(line["loc"][-1])
    known = list(owner.model_fields)
    near = _place_of(key, owner, line["input"]) or did_you_mean(key, known)
    more = "" if near else f" Known keys: {', '.join(known) or 'none'}."
    return f"unknown key {path}={_shown(line['input'])}.{near}{more}"


def _not_a_member(context: Any, path: str) -> str:
    """Return the message for a value that is not a member of a family."""
    name, example = context["family"], context["kinds"][0]
    start = f"{path} = " if path.isidentifier() else ""
    fix = f'Write a table, such as {start}{{"kind": "{example}"}}.'
    if "dense" in context["kinds"]:
        fix = f"Write a table, such as {start}{_DENSE}."
    if isinstance(context["value"], type):
        fix = f"Write an instance, such as {context['value'].__name__}(...)."
    got = f"{path}={context['value']!r}"
    return f"Expected {_with_article(name)}, but got {got}. {fix}"


def _unknown_word(line: Any, path: str) -> str:
    context = line.get("ctx", {})
    expected = context.get("expected", "")  # "'a', 'b' or 'c'"
    words = context.get("words") or re.findall("'(.+?)'", expected)
    near = did_you_mean(line["input"], words)
    known = ", ".join(words)
    more = ""
    if line["type"] == "word":
        more = f" You can also write a list, such as {_as_list(line, path)}."
        families = [family for family, field in _FIELDS.items() if field == path]
        more = _other_family(line["input"], *families) or more
    return f"unknown value {path}={line['input']!r}.{near} Known: {known}.{more}"


def _as_list(line: Any, path: str) -> str:
    """Return an example of a list, which contains the given value if possible.

    For a field of the experiment, the example includes the name of the field.
    """
    value, name = line["input"], path.rsplit(".", 1)[-1]
    start = f"{path} = " if path.isidentifier() else ""
    numbers = re.findall(r"\d+", str(value))
    if name == "image_size" and 1 <= len(numbers) <= 2:
        return f"{start}[{numbers[0]}, {numbers[-1]}]"
    if name in _LISTS:
        return start + _LISTS[name]
    for family, field in _FIELDS.items():
        if name == field and isinstance(value, str) and value not in FAMILIES[family]:
            near = re.findall("'(.+)'", did_you_mean(value, FAMILIES[family]))
            value = (near or list(FAMILIES[family]))[0]
    is_text = isinstance(value, str)
    return start + (json.dumps([value], ensure_ascii=False) if is_text else "[...]")


def _other_family(kind: Any, *families: str) -> str:
    """Return advice on where to write a kind.

    The result is "" if the kind is unknown or belongs to one of the families.

    Args:
        kind: the value that was written.
        families: the families whose members are allowed where the value was written.
    """
    found = [f for f in FAMILIES if isinstance(kind, str) and kind in FAMILIES[f]]
    if not found or not set(found).isdisjoint(families):
        return ""
    family = found[0]
    field = _FIELDS.get(family, family)
    value = f'["{kind}"]' if family in _FIELDS else f'"{kind}"'
    if family == "layer":
        fields = FAMILIES[family][kind].model_fields.values()
        if any(field.is_required() for field in fields):
            return f" {kind!r} is a layer. Add it to the list `model`."
        value = f'[{_DENSE}, "{kind}"]'
    return f" {kind!r} is {_with_article(family)}. Write {field} = {value}."


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _place_of(key: str, model: type[BaseModel], given: Any) -> str:
    """Return a hint on where an unknown key belongs, or "" if there is none.

    Args:
        key: the unknown key.
        model: the model that lacks this key.
        given: the value of the key.
    """
    if key == "activation" and "dense" in getattr(model, "members", ()):
        return " Write the activation as the next layer."
    tables = {n: field.default for n, field in model.model_fields.items()}
    for inner in (key, *OTHER_NAMES.get(key.lower(), ())):
        for name, value in tables.items():
            if isinstance(value, BaseModel) and inner in type(value).model_fields:
                kind = getattr(value, "kind", None)
                table = ({"kind": kind} if kind else {}) | {inner: given}
                return (
                    f" Write it in the table [{name}], as {name}.{inner} (in Python, "
                    f"{name}={_shown(table)})."
                )
    return ""


def _shown(value: Any) -> str:
    """Return the repr of a value, truncated if it is too long for a message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _out_of_range(bounds: Range, path: str, value: Any, searchable: bool) -> str:
    name = path.rsplit(".", 1)[-1]
    fix = f"Use a number, such as {_as_fraction(value, bounds) or bounds.example}."
    if bounds.whole and isinstance(value, Uniform | Log):
        fix = "Use integer(low, high) or choice(...)."
    if searchable and isinstance(value, list | tuple) and len(value) > 1:
        values = ", ".join(map(str, value))
        space = "integer" if bounds.whole else "log"
        fix = f'To try each value, use "choice({values})"; to search a range, use '
        fix += f'"{space}(low, high)".'
    if bounds.words:
        fix += f" These words are also allowed: {', '.join(bounds.words)}."
    return fault(bounds.invariant(name, value), path, value, fix)


def _as_fraction(value: Any, bounds: Range) -> float | None:
    """Convert a percentage to a fraction, or return None for any other value."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", str(value))
    if bounds.high != 1 or match is None or float(match[1]) >= 100:
        return None
    # Without a percent sign, a number such as 2 is probably not a percentage.
    return float(match[1]) / 100 if match[2] or float(match[1]) >= 5 else None


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel]:
    """Return the model that contains the last key of a location."""
    for name in location[:-1]:
        inner = model.model_fields[name].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return model
        model = inner
    return model
