"""Command-line options derived from the spec, one per field."""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from assay import spec
from assay.cli.arguments._parser import Parser

__all__ = ["Option", "add_options", "options"]

_SHORT = {"tune.num_trials": "--trials", "tune.time_seconds": "--time"}
_METAVARS = {"tune.time_seconds": "SECONDS", "model": "NAME|FILE", "ignore": "COLUMN"}
_METAVARS |= {"kinds": "TABLE", "test_data": "FILE", "target": "COLUMN"}
_METAVARS |= {"split.column": "COLUMN", "series_column": "COLUMN"}
_METAVARS |= {"time_column": "COLUMN"}
_METAVARS |= {"start_from": "RUN", "freeze": "LAYERS", "fresh": "LAYERS"}
_METAVARS |= {"learning_rate_of": "TABLE"}
# Options that take no value and set their field to True.
_BARE = ("fix", "open_anyway")
_POSITIONAL = "data"  # the field that is passed as the argument SOURCE


@dataclass(frozen=True)
class Option:
    """An option that sets one field of the spec.

    Args:
        path: path of the field, such as "split.by".
        flag: name of the option, such as "--split-by".
        help: help text with the description, bounds and default of the field.
        metavar: placeholder for the value in the help.
        is_text: whether the value is always text, even if it looks like a number.
        repeated: whether the option may be given more than once.
    """

    path: str
    flag: str
    help: str
    metavar: str
    is_text: bool = False
    repeated: bool = False

    @property
    def bare(self) -> bool:
        """Whether the option takes no value and sets the field to True."""
        return self.path in _BARE


def options(parts: Sequence[str] = ()) -> list[Option]:
    """Return the options for the fields of an experiment.

    Args:
        parts: names of the fields to include; by default, all fields.

    Example:
        >>> [option.flag for option in options(["target", "split"])][:3]
        ['--target', '--split-by', '--split-column']
    """
    leaves = {path: (r, value) for path, r, value in spec.Experiment().leaves()}
    selected = []
    for path, model in _fields():
        name = path.rpartition(".")[2]
        if parts and path.partition(".")[0] not in parts:
            continue
        field = model.model_fields[name]
        bounds, value = leaves.get(path, (None, None))
        texts = [field.description or name.replace("_", " ")]
        texts += _limits(name, field, bounds)
        texts += [f"default: {value}"] if value not in (None, "", (), {}) else []
        if path in _BARE:
            texts = [texts[0].removeprefix("whether to ")]
        selected.append(
            Option(
                path,
                _SHORT.get(path, "--" + re.sub(r"[._]", "-", path)),
                "; ".join(texts).replace("%", "%%"),
                _METAVARS.get(path) or _metavar(field.annotation, bounds),
                is_text=_is_text(field.annotation),
                repeated=_is_list_of_text(field.annotation),
            )
        )
    return selected


def add_options(parser: Parser, parts: Sequence[str] = ()) -> None:
    """Add an option for each field and `--set` for nested fields to a parser."""
    group = parser.add_argument_group(
        "fields of the experiment, which can also be set in an experiment file"
    )
    for option in options(parts):
        action = "append" if option.repeated else "store"
        kind: dict[str, Any] = {"action": action, "metavar": option.metavar}
        if option.bare:
            kind = {"action": "store_const", "const": "true"}
        group.add_argument(option.flag, dest=option.path, help=option.help, **kind)
    flags = {option.path for option in options()}
    nested = [path for path, *_ in spec.Experiment().leaves() if path not in flags]
    parser.nested = {path.rpartition(".")[2]: path for path in nested if "." in path}
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set any field by its path, such as optimizer.learning_rate=0.01 or "
        "'optimizer.learning_rate=log(1e-4, 1e-1)'; may be repeated",
    )


def _fields() -> Iterator[tuple[str, type[spec.Spec]]]:
    """Yield a (path, model) pair for every field that has an option."""
    for model in (spec.Experiment, spec.Training):
        for name in inspect.get_annotations(model):
            field = model.model_fields.get(name)
            if field is None or name == _POSITIONAL:
                continue
            inner = field.annotation
            if isinstance(inner, type) and issubclass(inner, spec.Spec):
                if not issubclass(inner, spec.Family):
                    yield from ((f"{name}.{n}", inner) for n in inner.model_fields)
                    continue
            yield name, model


def _limits(name: str, field: FieldInfo, bounds: spec.Range | None) -> list[str]:
    """Return help texts about the bounds and the allowed values of a field."""
    invariants = [] if bounds is None else [bounds.invariant(name)]
    words = list(bounds.words if bounds else ())
    for extra in field.metadata:
        words += extra.words if isinstance(extra, spec.OrWord) else ()
    if get_origin(field.annotation) is Literal:
        words += get_args(field.annotation)
    family = _family(field.annotation)
    words += sorted(family.members) if family else []
    if not words:
        return invariants
    return [*invariants, ("or " if invariants else "values: ") + ", ".join(words)]


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
    """Yield a type and, recursively, its type arguments."""
    yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def _is_text(annotation: Any) -> bool:
    origin = get_origin(annotation)
    kinds = {kind for kind in get_args(annotation) if kind is not type(None)}
    is_optional_text = kinds == {str} and origin is not dict
    return origin is Literal or annotation is str or is_optional_text


def _is_list_of_text(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and get_args(annotation)[0] is str
