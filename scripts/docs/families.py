"""Generates pages that describe the members of each family from their specs."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from assay import metrics, spec

__all__ = ["PAGES", "families_pages"]

_SECTION = re.compile(r"\n(Args|Example|References|Raises|Returns):\n")


PAGES = {
    "layers": (
        "Layers",
        "A model is a list of layers. The output layer is added automatically. In "
        "experiment files, write a layer without options as its name, such as "
        '`"flatten"`, and other layers as tables, such as '
        '`{ kind = "dense", units = 64 }`.',
        spec.Layer,
    ),
    "activations": (
        "Activations",
        "Activations are layers, so add them to the list of layers: "
        "`[assay.Dense(64), assay.ReLU()]`.",
        spec.Activation,
    ),
    "costs": (
        "Costs",
        "Training minimizes a cost: the mean of these losses over the examples. The "
        "default depends on the task.",
        spec.Cost,
    ),
    "optimizers": (
        "Optimizers",
        "g is the gradient, and t is the iteration, starting at 1. Each parameter "
        "moves by `-learning_rate·d`.",
        spec.Optimizer,
    ),
    "schedules": (
        "Learning-rate schedules",
        "A schedule is a factor that multiplies the learning rate. Durations are "
        "fractions of the total number of iterations. To plot a schedule, use "
        "`assay show --schedule cosine`.",
        spec.Schedule,
    ),
    "regularizers": (
        "Regularizers",
        "In the formulas, w denotes the kernels of the layers. Biases and scales are "
        "not regularized.",
        spec.Regularizer,
    ),
    "augmentations": (
        "Augmentations",
        "Random changes to the training examples. Every iteration draws new changes. "
        "x is the example before the change, and y is the example after it.",
        spec.Augmentation,
    ),
}
"""Title, introduction and family of each page."""


def families_pages() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown text of each page."""
    for name, (title, introduction, family) in PAGES.items():
        yield f"reference/{name}.md", _page(title, introduction, _members(family))
    yield "reference/metrics.md", _metrics_page()


def _members(family: type[spec.Family]) -> list[type[spec.Family]]:
    """Return the members of a family; layers do not include activations."""
    return [
        member
        for member in family.members.values()
        if issubclass(member, spec.Activation) == (family is spec.Activation)
    ]


def _page(title: str, introduction: str, members: list[type[spec.Family]]) -> str:
    lines = [f"# {title}", "", introduction, ""]
    lines += ["| name | class | |", "| --- | --- | --- |"]
    for member in members:
        summary = _sections(member)["summary"]
        link = f"[`{member.kind}`](#{member.kind})"
        lines += [f"| {link} | `{member.__name__}` | {_cell(summary)} |"]
    for member in members:
        lines += ["", *_member(member)]
    return "\n".join(lines) + "\n"


def _member(member: type[spec.Family]) -> Iterator[str]:
    parts = _sections(member)
    yield from (f"## `{member.kind}` {{ #{member.kind} }}", "", parts["summary"])
    if parts["advice"]:
        yield from ("", parts["advice"])
    yield from ("", f"    {member.formula}")
    if member.model_fields:
        yield from ("", *_options(member, _described(parts["Args"])))
    if parts["References"]:
        yield from ("", f"Source: {' '.join(parts['References'].split())}")


def _options(member: type[spec.Family], described: dict[str, str]) -> Iterator[str]:
    yield from ("| option | default | values | |", "| --- | --- | --- | --- |")
    for name, field in member.model_fields.items():
        default = "required" if field.is_required() else f"`{_value(field.default)}`"
        text = _cell(described.get(name, ""))
        yield f"| `{name}` | {default} | {_cell(_allowed(name, field))} | {text} |"


def _allowed(name: str, field: Any) -> str:
    """Return the values that a field accepts, as words or as an expression."""
    bounds = next((m for m in _metadata(field) if isinstance(m, spec.Range)), None)
    if bounds is None:
        if field.annotation is bool:
            return "true or false"
        if get_origin(field.annotation) is Literal:
            return " or ".join(f"`{word}`" for word in get_args(field.annotation))
        return "a name" if field.annotation is str else "a list"
    words = "".join(f" or `{word}`" for word in bounds.words)
    whole = ", whole" if bounds.whole and "whole" not in bounds.invariant("") else ""
    return f"`{bounds.invariant(name)}`{whole}{words}"


def _metadata(field: Any) -> list[Any]:
    inner = [getattr(a, "__metadata__", ()) for a in get_args(field.annotation)]
    return [*field.metadata, *(m for some in inner for m in some)]


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _metrics_page() -> str:
    lines = [
        "# Metrics",
        "",
        "Metrics measure predictions: probabilities for classes, numbers for "
        "regression. For classes, the main metric is accuracy, or balanced accuracy if "
        "the class frequencies differ greatly. For regression, it is RMSE. The other "
        "metrics are also reported.",
        "",
        "| name | better | tasks | |",
        "| --- | --- | --- | --- |",
    ]
    members = metrics.REGISTRY.values()
    for metric in members:
        better = "higher" if metric.direction == "maximize" else "lower"
        summary = _cell(_what(metric.function))
        link = f"[`{metric.name}`](#{metric.name})"
        lines += [f"| {link} | {better} | {', '.join(metric.tasks)} | {summary} |"]
    for metric in members:
        parts = _sections(metric.function)
        lines += ["", f"## `{metric.name}` {{ #{metric.name} }}", ""]
        lines += [_what(metric.function)]
        lines += ["", parts["advice"]] if parts["advice"] else []
        lines += ["", f"    {metric.formula}"]
        if parts["References"]:
            lines += ["", f"Source: {' '.join(parts['References'].split())}"]
    return "\n".join(lines) + "\n"


def _what(function: Any) -> str:
    """Return a phrase that describes what a function returns."""
    summary = _sections(function)["summary"].removeprefix("Return ")
    return summary[:1].upper() + summary[1:]


def _sections(documented: Any) -> dict[str, str]:
    """Split a docstring into sections; missing sections are taken from a base class."""
    found = {"summary": "", "advice": "", "Args": "", "References": ""}
    for owner in inspect.getmro(documented) if _is_class(documented) else [documented]:
        if owner in (spec.Layer, spec.Family):
            break
        text = inspect.cleandoc(owner.__dict__.get("__doc__") or owner.__doc__ or "")
        body, *rest = _SECTION.split(text + "\n")
        summary, _, advice = body.strip().partition("\n\n")
        own = {"summary": " ".join(summary.split()), "advice": advice.strip()}
        own |= dict(zip(rest[::2], rest[1::2], strict=True))
        if owner is not documented:
            own.pop("advice")
        found = {name: text or own.get(name, "") for name, text in found.items()}
        if not (_is_class(owner) and issubclass(owner, spec.Layer)):
            break
    return found


def _is_class(documented: Any) -> bool:
    return isinstance(documented, type)


def _described(text: str) -> dict[str, str]:
    """Return the descriptions of the arguments in an `Args` section."""
    items = re.split(r"^ {4}(\w+): ", text, flags=re.MULTILINE)[1:]
    pairs = zip(items[::2], items[1::2], strict=True)
    return {name: " ".join(words.split()) for name, words in pairs}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
