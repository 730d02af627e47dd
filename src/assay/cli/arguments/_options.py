"""Options made from the spec: each of its fields, with its own words and bounds."""

import inspect
import re
import tomllib
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from assay import spec
from assay._errors import Faults, InputError
from assay.cli.arguments._parser import Parser

__all__ = ["Option", "add_options", "asked", "options", "read_value"]

_SHORT = {"tune.num_trials": "--trials", "tune.time_seconds": "--time"}
_METAVARS = {"tune.time_seconds": "SECONDS", "model": "NAME|FILE", "ignore": "COLUMN"}
_METAVARS |= {"start_from": "RUN", "freeze": "LAYERS", "fresh": "LAYERS"}
_METAVARS |= {"learning_rate_of": "TABLE"}
_FILES = (".toml", ".json")
_NOT_ASKED = "data"  # the word SOURCE is for it


@dataclass(frozen=True)
class Option:
    """An option that stands for one field of the spec.

    Args:
        path: of the field, such as "split.by".
        flag: such as "--split-by".
        help: what it is, its bounds and its default.
        metavar: the form of its value.
        is_text: whether the value is text whatever it looks like.
        repeated: whether it may be given several times.
    """

    path: str
    flag: str
    help: str
    metavar: str
    is_text: bool = False
    repeated: bool = False


def options(parts: Sequence[str] = ()) -> list[Option]:
    """Return an option for every field of an experiment, or for some of them.

    Args:
        parts: names of fields; all if empty.

    Example:
        >>> [option.flag for option in options(["target", "split"])][:3]
        ['--target', '--split-by', '--split-column']
    """
    leaves = {path: (r, value) for path, r, value in spec.Experiment().leaves()}
    found = []
    for path, model in _fields():
        name = path.rpartition(".")[2]
        if parts and path.partition(".")[0] not in parts:
            continue
        field = model.model_fields[name]
        bounds, value = leaves.get(path, (None, None))
        told = [_documented(model).get(name, name.replace("_", " "))]
        told += _limits(name, field, bounds)
        told += [f"default {value}"] if value not in (None, "", (), {}) else []
        found.append(
            Option(
                path,
                _SHORT.get(path, "--" + re.sub(r"[._]", "-", path)),
                "; ".join(told).replace("%", "%%"),
                _METAVARS.get(path) or _metavar(field.annotation, bounds),
                is_text=_is_text(field.annotation),
                repeated=_is_list_of_text(field.annotation),
            )
        )
    return found


def add_options(parser: Parser, parts: Sequence[str] = ()) -> None:
    """Add the options of `options` to a parser, and `--set` for what lies deeper."""
    group = parser.add_argument_group("what is asked, as in an experiment file")
    for option in options(parts):
        group.add_argument(
            option.flag,
            dest=option.path,
            metavar=option.metavar,
            action="append" if option.repeated else "store",
            help=option.help,
        )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any field by its path, such as optimizer.learning_rate=0.01 or "
        "'optimizer.learning_rate=log(1e-4, 1e-1)'; may be given several times",
    )


def asked(source: str, arguments: Namespace) -> dict[str, Any]:
    """Return the fields of what is asked: an experiment file, and the options.

    Args:
        source: an experiment file, or anything else that data come from.
        arguments: of the command.

    Raises:
        InputError: a file cannot be read, or what is asked is wrong; all faults.
    """
    is_file = source.endswith(_FILES)
    data = _read_experiment(Path(source)) if is_file else {"data": source}
    given = {}
    for option in options():
        value = getattr(arguments, option.path, None)
        if value is not None:
            given[option.path] = option.flag
            _assign(data, option.path, _read_option(option, value))
    for path, value in _settings(arguments.set):
        _assign(data, path, value)
    try:
        spec.Experiment(**data)
    except InputError as error:
        raise InputError([_as_written(f, given) for f in error.faults]) from None
    return data


def _read_option(option: Option, value: Any) -> Any:
    if option.path == "model" and value.endswith(_FILES):
        return _read_model(Path(value))
    return value if option.is_text or option.repeated else read_value(value)


def _settings(given: list[str]) -> list[tuple[str, Any]]:
    """Return (path, value) of each NAME=VALUE.

    Raises:
        InputError: some are of another form.
    """
    faults, found = Faults(), []
    for setting in given:
        path, equals, value = setting.partition("=")
        if equals and re.fullmatch(r'\w+(\.\w+|\."[^"]+"|\[\d+\])*', path):
            found.append((path, read_value(value)))
            continue
        faults.add(
            f"`--set NAME=VALUE` must hold, but got --set {setting!r}. Write, for "
            "example: --set optimizer.learning_rate=0.01"
        )
    faults.raise_if_any()
    return found


def _as_written(fault: str, given: dict[str, str]) -> str:
    """Name a field as the user wrote it, if an option was used."""
    for path, flag in given.items():
        fault = re.sub(rf"(?<![\w.]){re.escape(path)}(?==)", flag, fault)
    return fault


def read_value(text: str) -> Any:
    """Read a value as TOML writes it; what is no TOML is text.

    Example:
        >>> read_value("0.01"), read_value(".5"), read_value("adamw"), read_value("[1]")
        (0.01, 0.5, 'adamw', [1])
        >>> read_value("log(1e-4, 1e-1)")
        'log(1e-4, 1e-1)'
    """
    try:
        read = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    else:
        if list(read) == ["value"]:
            return read["value"]
    try:
        return float(text)
    except ValueError:
        return text


def _fields() -> Iterator[tuple[str, type[spec.Spec]]]:
    """Yield (path, model) of every field that has an option."""
    for model in (spec.Experiment, spec.Training):
        for name in inspect.get_annotations(model):
            field = model.model_fields.get(name)
            if field is None or name == _NOT_ASKED:
                continue
            inner = field.annotation
            if isinstance(inner, type) and issubclass(inner, spec.Spec):
                if not issubclass(inner, spec.Family):
                    yield from ((f"{name}.{n}", inner) for n in inner.model_fields)
                    continue
            yield name, model


def _documented(model: type[spec.Spec]) -> dict[str, str]:
    """Return what the docstring of a spec says of each field."""
    text = inspect.cleandoc(model.__doc__ or "").partition("Args:\n")[2]
    text = text.partition("\n\n")[0]
    found = re.findall(r"^    ([\w, ]+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {
        name: re.sub(r"\s+", " ", said).rstrip(".")
        for names, said in found
        for name in names.split(", ")
    }


def _limits(name: str, field: FieldInfo, bounds: spec.Range | None) -> list[str]:
    """Return the bounds of a field, the words it takes, the kinds of its family."""
    told = [] if bounds is None else [bounds.invariant(name)]
    words = list(bounds.words if bounds else ())
    for extra in field.metadata:
        words += extra.words if isinstance(extra, spec.OrWord) else ()
    if get_origin(field.annotation) is Literal:
        words += get_args(field.annotation)
    family = _family(field.annotation)
    words += sorted(family.members) if family else []
    return [*told, f"{'or ' * bool(told)}{', '.join(words)}"] if words else told


def _metavar(annotation: Any, bounds: spec.Range | None) -> str:
    if bounds is not None:
        return "N" if bounds.whole else "NUMBER"
    if _family(annotation):
        return "KIND"
    return "WORD" if get_origin(annotation) is Literal else "NAME"


def _family(annotation: Any) -> type[spec.Family] | None:
    return next((kind for kind in _inside(annotation) if _is_family(kind)), None)


def _is_family(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, spec.Family)


def _inside(annotation: Any) -> Iterator[Any]:
    """Yield a type and all that it is made of."""
    yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def _is_text(annotation: Any) -> bool:
    kinds = {kind for kind in get_args(annotation) if kind is not type(None)}
    return get_origin(annotation) is Literal or annotation is str or kinds == {str}


def _is_list_of_text(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and get_args(annotation)[0] is str


def _read_experiment(path: Path) -> dict[str, Any]:
    """Read an experiment file; the data it names may lie beside it."""
    data = spec.read_data(path)
    source = data.get("data")
    if not source:
        example = '{"data": "digits"}' if path.suffix == ".json" else "data = 'digits'"
        raise InputError(f"{path} names no data. Write in it: {example}")
    if isinstance(source, str) and (path.parent / source).is_file():
        data["data"] = str(path.parent / source)
    run = data.get("start_from")
    if isinstance(run, str) and (path.parent / run / "experiment.toml").is_file():
        data["start_from"] = str(path.parent / run)
    return data


def _read_model(path: Path) -> Any:
    data = spec.read_data(path)
    if list(data) != ["model"]:
        raise InputError(
            f"{path} must hold the key model alone, but holds "
            f"{', '.join(data) or 'nothing'}. Write in it: "
            'model = [{kind = "dense", units = 64}, "relu"]'
        )
    return data["model"]


def _assign(data: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path; a member's kind is kept when one of its fields is set."""
    keys = re.findall(r'"[^"]+"|\w+', path)
    names = [int(n) if n.isdecimal() else n.strip('"') for n in keys]
    place: Any = data
    for name, following in zip(names, names[1:], strict=False):
        inner = place[name] if isinstance(place, list) else place.get(name)
        if inner is None and place is data:
            inner = _default(str(name))
        if isinstance(inner, str):
            inner = {"kind": inner}
        if isinstance(inner, list):
            _check_item(inner, following, path)
        place[name] = inner if isinstance(inner, dict | list) else {}
        place = place[name]
    place[names[-1]] = value


def _default(name: str) -> dict[str, Any]:
    """Return the kind that a family's field has by default, to build upon."""
    field = spec.Experiment.model_fields.get(name)
    known = isinstance(field and field.default, spec.Family)
    return {"kind": field.default.kind} if field and known else {}


def _check_item(items: list[Any], place: str | int, path: str) -> None:
    if not isinstance(place, int) or place >= len(items):
        raise InputError(
            f"`{path}` must name an item of a list of {len(items)}, counted from 0. "
            "Write the list first."
        )
