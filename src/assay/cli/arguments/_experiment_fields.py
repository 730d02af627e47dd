"""Reads the fields of an experiment from the command line and from files."""

import json
import re
import shlex
import tomllib
from argparse import Namespace
from datetime import date, time
from pathlib import Path
from typing import Any

from assay import spec
from assay._errors import Faults, InputError
from assay._urls import is_url
from assay.cli.arguments._as_options import as_toml
from assay.cli.arguments._options_from_spec import Option, options

__all__ = ["experiment_fields", "read_value"]

_FILES = (".toml", ".json")


def experiment_fields(source: str, arguments: Namespace) -> dict[str, Any]:
    """Return the fields of an experiment from the experiment file and the options.

    Args:
        source: path to an experiment file, or the data source.
        arguments: parsed arguments of the command.

    Raises:
        InputError: a file cannot be read, or fields are invalid. The message lists all
            errors.
    """
    is_file = source.lower().endswith(_FILES) and not is_url(source)
    data = _read_experiment(Path(source)) if is_file else {"data": source}
    flags = {}  # the option that set each field, by path
    for option in options():
        value = getattr(arguments, option.path, None)
        if value is not None:
            flags[option.path] = option.flag
            _assign(data, option.path, _read_option(option, value))
    settings = _settings(arguments.set)
    _check_set_once(settings, flags)
    for path, value in settings:
        _assign(data, path, value)
    try:
        spec.Experiment(**data)
    except InputError as error:
        paths = [path for path, _ in settings]
        raise InputError([_as_written(f, flags, paths) for f in error.faults]) from None
    return data


def _read_option(option: Option, value: Any) -> Any:
    if option.path == "model" and value.lower().endswith(_FILES):
        return _read_model(Path(value))
    if option.repeated:
        return [name for text in value for name in _names(text)]
    return value if option.is_text else read_value(value)


def _names(text: str) -> list[str]:
    """Parse a list of names written as in an experiment file, or a single name."""
    names = read_value(text)
    are_names = isinstance(names, list) and all(isinstance(n, str) for n in names)
    return names if are_names else [text]


def _settings(settings: list[str]) -> list[tuple[str, Any]]:
    """Return a (path, value) pair for each NAME=VALUE.

    Raises:
        InputError: a setting does not have the form NAME=VALUE.
    """
    faults, values = Faults(), []
    for setting in settings:
        path, equals, value = setting.partition("=")
        if equals and re.fullmatch(r'\w+(\.\w+|\."[^"]+"|\[\d+\])*', path):
            values.append((path, read_value(value)))
            continue
        faults.add(
            f"--set must have the form NAME=VALUE, but got --set {setting!r}. For "
            "example: --set optimizer.learning_rate=0.01"
        )
    faults.raise_if_any()
    return values


def _check_set_once(settings: list[tuple[str, Any]], flags: dict[str, str]) -> None:
    """Raise an InputError if a field is set more than once."""
    faults, paths = Faults(), [path for path, _ in settings]
    for path in dict.fromkeys(paths):
        given = [flags.get(path, "")] * (path in flags) + ["--set"] * paths.count(path)
        if len(given) > 1:
            faults.add(
                f"{path!r} is set {len(given)} times, by {' and '.join(given)}. Set it "
                "once."
            )
    faults.raise_if_any()


def _as_written(fault: str, flags: dict[str, str], paths: list[str]) -> str:
    """Replace field paths in a message with the corresponding command-line options.

    Args:
        fault: the message.
        flags: the option that set each field, by path.
        paths: the fields that were set with `--set`.
    """
    for path, flag in flags.items():
        fault = re.sub(rf"(?<![\w.]){re.escape(path)}(?==)", flag, fault)
    example = re.search(r"(?<=, such as )(\w+) = (.+)(?=\.$)", fault)
    if example is None or example[1] not in paths:
        return fault
    setting = shlex.quote(f"{example[1]}={as_toml(example[2])}")
    return f"{fault[: example.start()]}--set {setting}."


def read_value(text: str) -> Any:
    """Parse a value in TOML or JSON syntax; return any other value as text.

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
        # Experiments have no fields for dates or times.
        if list(read) == ["value"] and not isinstance(read["value"], date | time):
            return read["value"]
    try:
        return json.loads(text) if text[:1] in ("{", "[") else float(text)
    except (ValueError, RecursionError):
        return text


def _read_experiment(path: Path) -> dict[str, Any]:
    """Read an experiment file and resolve relative paths against its folder."""
    data = spec.read_data(path)
    source = data.get("data")
    is_json = path.suffix.lower() == ".json"
    if is_json and data and not isinstance(source, str) and not _has_fields(data):
        raise InputError(
            f'{path} does not contain an experiment, such as {{"data": "digits"}}. '
            "If it contains a table, save it as JSON lines, for example with pandas: "
            f"frame.to_json('{path.stem}.jsonl', orient='records', lines=True)"
        )
    if not source:
        example = '{"data": "digits"}' if is_json else "data = 'digits'"
        raise InputError(
            f"The experiment file {path} must have a key 'data'. For example: {example}"
        )
    is_path = isinstance(source, str) and not is_url(source)
    if is_path and (path.parent / source).is_file():
        data["data"] = str(path.parent / source)
    run = data.get("start_from")
    if isinstance(run, str) and (path.parent / run / "experiment.toml").is_file():
        data["start_from"] = str(path.parent / run)
    return data


def _has_fields(data: dict[str, Any]) -> bool:
    return not (spec.Experiment.model_fields.keys() - {"data"}).isdisjoint(data)


def _read_model(path: Path) -> Any:
    data = spec.read_data(path)
    if list(data) != ["model"]:
        raise InputError(
            f"The model file {path} must contain only the key 'model', but contains "
            f"{', '.join(data) or 'no keys'}. For example: "
            'model = [{kind = "dense", units = 64}, "relu"]'
        )
    return data["model"]


def _assign(data: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path without changing the kinds of family members."""
    keys = re.findall(r'"[^"]+"|\w+', path)
    names = [int(n) if n.isdecimal() else n.strip('"') for n in keys]
    container: Any = data
    for name, following in zip(names, names[1:], strict=False):
        inner = container[name] if isinstance(container, list) else container.get(name)
        if inner is None and container is data:
            inner = _default(str(name))
        if isinstance(inner, str):
            inner = {"kind": inner}
        if isinstance(inner, list):
            _check_item(inner, following, path)
        container[name] = inner if isinstance(inner, dict | list) else {}
        container = container[name]
    container[names[-1]] = value


def _default(name: str) -> dict[str, Any]:
    """Return a table with the default kind of a field; {} if the field has no kind."""
    field = spec.Experiment.model_fields.get(name)
    known = isinstance(field and field.default, spec.Family)
    return {"kind": field.default.kind} if field and known else {}


def _check_item(items: list[Any], index: str | int, path: str) -> None:
    if not isinstance(index, int) or index >= len(items):
        raise InputError(
            f"No item found at {path!r}: the list has {len(items)} items. "
            "Define the list before setting a field of one of its items."
        )
