"""Generates the form for new runs from the spec classes."""

import inspect
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from assay import spec
from assay.data import BUILTINS

__all__ = ["form"]

_GROUPS = {
    "Data": (
        *("target", "task", "ignore", "kinds", "test_data", "stream"),
        *("image_size", "image_mode", "series_column", "time_column"),
    ),
    "Split": ("split",),
    "Model": ("model", "start_from", "fresh", "freeze", "members"),
    "Cost and regularization": (
        *("cost", "regularizers", "dropout_schedule", "augment", "class_weights"),
    ),
    "Optimizer": (
        *("optimizer", "initial_values", "schedule", "learning_rate_of"),
        *("clip_norm", "batch_size", "accumulate", "num_epochs"),
        *("precision", "devices"),
    ),
    "Search": ("tune", "seed"),
    "Doctor": ("fix", "open_anyway"),
}


def form() -> dict[str, Any]:
    """Return the fields of an experiment, in groups, and the built-in data sets."""
    return {
        "builtins": [
            {"name": name, "summary": builtin.summary}
            for name, builtin in BUILTINS.items()
        ],
        "groups": [
            {"name": group, "fields": [f for n in names for f in _fields(n)]}
            for group, names in _GROUPS.items()
        ],
    }


def _fields(name: str) -> list[dict[str, Any]]:
    field = spec.Experiment.model_fields[name]
    inner = field.annotation
    if inspect.isclass(inner) and issubclass(inner, spec.Spec):
        if not issubclass(inner, spec.Family):
            return [
                _field(f"{name}.{part}", part_field)
                for part, part_field in inner.model_fields.items()
            ]
    return [_field(name, field)]


def _field(path: str, field: FieldInfo) -> dict[str, Any]:
    default = field.get_default()
    bounds = next((m for m in field.metadata if isinstance(m, spec.Range)), None)
    if bounds is None:
        inside = (m for a in get_args(field.annotation) for m in _metadata(a))
        bounds = next((m for m in inside if isinstance(m, spec.Range)), None)
    family = _family(field.annotation)
    return {
        "path": path,
        "description": field.description or "",
        "rule": "" if bounds is None else bounds.invariant(path.rpartition(".")[2]),
        "words": _words(field, bounds),
        "default": _plain(default),
        "members": None if family is None else [_member(m) for m in _listed(family)],
        "is_list": get_origin(field.annotation) is tuple and family is not None,
    }


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return getattr(annotation, "__metadata__", ())


def _words(field: FieldInfo, bounds: spec.Range | None) -> list[str]:
    """Return the string values that a field accepts, such as "auto"."""
    found = list(bounds.words) if bounds else []
    for extra in field.metadata:
        found += extra.words if isinstance(extra, spec.OrWord) else ()
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is Literal:
            found += [str(word) for word in get_args(kind)]
    return list(dict.fromkeys(found))


def _family(annotation: Any) -> Any:
    """Return the family whose members a field accepts, or None."""
    for kind in (annotation, *get_args(annotation)):
        if inspect.isclass(kind) and issubclass(kind, spec.Family):
            return next(base for base in kind.__mro__ if spec.Family in base.__bases__)
    for inner in get_args(annotation):
        if (family := _family(inner)) is not None:
            return family
    return None


def _listed(family: Any) -> list[Any]:
    return [member for _, member in sorted(family.members.items())]


def _member(member: Any) -> dict[str, Any]:
    summary = (inspect.getdoc(member) or "").partition("\n")[0]
    fields = {n: f for n, f in member.model_fields.items() if not _family(f.annotation)}
    return {
        "kind": member.kind,
        "summary": summary,
        "formula": member.formula,
        "fields": [_field(name, field) for name, field in fields.items()],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, spec.Spec):
        return value.to_data()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | dict) else None
