"""Rewrites the fixes in messages, such as target='y', as command-line options."""

import ast
import json
import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any

from assay.cli.arguments._options_from_spec import Option, options

__all__ = ["as_options", "as_toml", "with_options"]

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_LIST, _TABLE = rf"\[(?:{_QUOTED}|[^]['\"])*\]", rf"\{{(?:{_QUOTED}|[^{{}}'\"])*\}}"
_NUMBER = r"\d+(?:\.\d+)?(?:e-?\d+)?\b"
_LITERAL = rf"{_QUOTED}|{_LIST}|{_TABLE}|\([^()]*\)|{_NUMBER}|\w+"
# These parts of a message must not be changed: invariants in backticks, the user's
# values, and options.
_KEPT = r"`[^`]*`|(?:\bgot|\bunknown \w+) [\w.\[\]]+=\S+|--set '[^']*'"
# Tables in experiment files and in --set are written in TOML syntax.
_FOR_TOML = r'(?:such as (?:split|tune) = |(?=\{"kind": ))\{"[^{}]*\}'
# Some messages repeat a fix in Python syntax.
_IN_PYTHON = rf" \(in Python, (?:{_QUOTED}|\([^()]*\)|[^()'\"])*\)"
# Fields of these tables have no options of their own.
_NESTED = r"(?:optimizer|schedule|cost)\.\w+"
_SPLIT_FIELDS = {"by": "split.by", "column": "split.column"}


def as_options(message: str) -> str:
    """Return a message with its fixes rewritten as command-line options.

    Example:
        >>> as_options("Choose the column to predict, such as target='y'.")
        'Choose the column to predict, such as --target y.'
        >>> as_options("Write image_size=(12, 12) to resize all images.")
        "Write --image-size '[12, 12]' to resize all images."
        >>> as_options("split={'by': 'time', 'column': 'day'}, ignore=['id']")
        '--split-by time --split-column day --ignore id'
    """
    return _fixes().sub(_rewritten, re.sub(_IN_PYTHON, "", message))


def _rewritten(match: re.Match[str]) -> str:
    """Return the options for one or more fixes separated by commas."""
    if match["kept"] is not None:
        return match[0]
    if match["table"] is not None:
        return as_toml(match["table"])
    try:
        return " ".join(
            _written(fix["name"], ast.literal_eval(_as_python(fix["value"])))
            for fix in re.finditer(_fix(), match["fixes"])
        )
    except (KeyError, SyntaxError, ValueError):
        return match[0]


@cache
def _by_name() -> dict[str, Option]:
    """Return the options, keyed by the names that fixes use."""
    by_name = {option.path: option for option in options()}
    return by_name | {name: by_name[path] for name, path in _SPLIT_FIELDS.items()}


@cache
def _fix() -> str:
    """Return a pattern that matches one fix."""
    known = sorted(["split", *map(re.escape, _by_name())], key=len, reverse=True)
    names = "|".join([_NESTED, *known])
    return rf"(?<![\w.\-])(?P<name>{names}) ?= ?(?P<value>{_LITERAL})"


@cache
def _fixes() -> re.Pattern[str]:
    """Return a pattern that matches fixes and the text that must not be changed."""
    fix = re.sub(r"\?P<\w+>", "?:", _fix())
    fixes = rf"(?P<fixes>{fix}(?:, {fix})*)"
    return re.compile(rf"(?P<kept>{_KEPT})|(?P<table>{_FOR_TOML})|{fixes}")


def with_options(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its fixes rewritten as options.

    Fixes occur in the remedies of findings, in notes, and in the reasons why columns
    have a kind. The record's "data", if any, may contain fixes in the same places.
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


def as_toml(table: str) -> str:
    """Convert a table in a message to TOML syntax.

    Example:
        >>> as_toml('{"kind": "adam"}')
        '{"kind" = "adam"}'
    """
    return re.sub(r"(\"[^\"]*\"): ", r"\1 = ", table)


def _as_python(value: str) -> str:
    """Convert a literal in Python or TOML syntax to Python syntax."""
    if value in ("true", "false"):
        return value.title()
    return re.sub(r"(\"[^\"]*\") = ", r"\1: ", value)


def _written(name: str, value: Any) -> str:
    """Return the options for one fix, with their values quoted for a shell.

    Raises:
        KeyError: no option has this name.
    """
    if name == "split" and isinstance(value, dict):
        return " ".join(_written(f"split.{key}", item) for key, item in value.items())
    text = value if isinstance(value, str) else _in_toml(value)
    if re.fullmatch(_NESTED, name):
        return f"--set {_quoted(f'{name}={text}')}"
    option = _by_name()[name]
    if option.bare and value is True:
        return option.flag
    if option.repeated and isinstance(value, list | tuple):
        return " ".join(f"{option.flag} {_quoted(str(item))}" for item in value)
    return f"{option.flag} {_quoted(text)}"


def _quoted(text: str) -> str:
    """Return text quoted for bash, on one line and without control characters."""
    if text.isprintable():
        return shlex.quote(text)
    return f"$'{''.join(map(_escaped, text))}'"


def _escaped(character: str) -> str:
    if character.isascii():
        return "\\'" if character == "'" else repr(character)[1:-1]
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _in_toml(value: Any) -> str:
    if isinstance(value, dict):
        items = (f"{_in_toml(key)} = {_in_toml(item)}" for key, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_in_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
