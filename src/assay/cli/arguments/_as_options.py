"""Rewrites fixes in Python syntax, such as target='y', as command-line options."""

import ast
import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any

from assay.cli.arguments._options_from_spec import Option, options

__all__ = ["as_options", "with_options"]

_QUOTED = r"""'[^']*'|"[^"]*\""""
_LIST, _TABLE = rf"\[(?:{_QUOTED}|[^]['\"])*\]", rf"\{{(?:{_QUOTED}|[^{{}}'\"])*\}}"
_LITERAL = rf"{_QUOTED}|{_LIST}|{_TABLE}|\([^()]*\)|\d+\.\d+|\w+"
# These parts of a message must not be changed: invariants in backticks, and the user's
# values after "got".
_KEPT = r"`[^`]*`(?: must hold, but got \S+)?"
# Tables in experiment files and in --set are written in TOML syntax.
_FOR_TOML = r'(?:(?<=split = )|(?<=tune = )|(?=\{"kind": ))\{"[^{}]*\}'
_SPLIT_FIELDS = {"by": "split.by", "column": "split.column"}


def as_options(message: str) -> str:
    """Return a message with its fixes rewritten as command-line options.

    Example:
        >>> as_options("Choose the column to predict, such as target='y'.")
        'Choose the column to predict, such as --target y.'
        >>> as_options("Write image_size=(12, 12) to resize all images.")
        "Write --image-size '[12, 12]' to resize all images."
    """
    by_name = _by_name()

    def rewrite(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match[0]
        if match["table"] is not None:
            return re.sub(r"(\"[^\"]*\"): ", r"\1 = ", match["table"])
        try:
            value = ast.literal_eval(_as_python(match["value"]))
        except (SyntaxError, ValueError):
            return match[0]
        return _written(by_name[match["name"]], value)

    return _fixes().sub(rewrite, message)


@cache
def _by_name() -> dict[str, Option]:
    """Return the options by the names that fixes use."""
    by_name = {option.path: option for option in options()}
    return by_name | {name: by_name[path] for name, path in _SPLIT_FIELDS.items()}


@cache
def _fixes() -> re.Pattern[str]:
    """Return the pattern of the fixes in messages, and of text that is kept."""
    names = "|".join(sorted(map(re.escape, _by_name()), key=len, reverse=True))
    fix = rf"(?<![\w.\-])(?P<name>{names}) ?= ?(?P<value>{_LITERAL})"
    return re.compile(rf"(?P<kept>{_KEPT})|(?P<table>{_FOR_TOML})|{fix}")


def with_options(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose fixes are rewritten as options.

    Fixes are in the remedies of findings, the notes and the reasons for the kinds of
    columns, also those of a run's data.
    """
    changed = dict(record)
    for name, key in (("findings", "remedy"), ("columns", "reason")):
        if name in record:
            items = (
                item | {key: as_options(item.get(key, ""))} for item in record[name]
            )
            changed[name] = list(items)
    if "notes" in record:
        changed["notes"] = list(map(as_options, record["notes"]))
    if isinstance(record.get("data"), Mapping):
        changed["data"] = with_options(record["data"])
    return changed


def _as_python(value: str) -> str:
    """Convert a literal in Python or TOML syntax to Python syntax."""
    if value in ("true", "false"):
        return value.title()
    return re.sub(r"(\"[^\"]*\") = ", r"\1: ", value)


def _written(option: Option, value: Any) -> str:
    """Return an option and its value, quoted for a shell."""
    if option.bare and value is True:
        return option.flag
    if option.repeated and isinstance(value, list | tuple):
        return " ".join(f"{option.flag} {shlex.quote(str(item))}" for item in value)
    if isinstance(value, dict):
        items = (f"{_in_toml(key)} = {_in_toml(item)}" for key, item in value.items())
        text = f"{{{', '.join(items)}}}"
    else:
        text = value if isinstance(value, str) else _in_toml(value)
    return f"{option.flag} {shlex.quote(text)}"


def _in_toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
