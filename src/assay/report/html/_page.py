"""Builds the report page, a single file that does not need a server."""

import base64
import hashlib
import math
import shlex
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, cast

import numpy as np

from assay.records import to_canonical_json
from assay.report._format import measured
from assay.report._metric_titles import metric_title
from assay.report.html._elements import Html, element, empty_element, shown, text
from assay.report.html._facts import facts

__all__ = ["page_html"]

_TEXTS = (
    *("name", "path", "summary", "metric_title", "metric_titles", "compared"),
    *("layers", "course", "notes", "trials", "predictions", "opened_seconds"),
    "damaged",
)
_OF_SYSTEM = ("seed", "device", "platform", "versions")
# Maximum number of values per measurement, to keep the file small.
_MOST_CELLS = 1500
_DIGITS = 6  # number of significant digits; plots do not need more


def page_html(details: Mapping[str, Any]) -> str:
    """Return the report as an HTML document, which depends only on the records.

    A script in the document draws the same page as in the lab from embedded data. If
    scripts are blocked, the essential facts are shown as plain HTML.

    Args:
        details: the result of `read_details` for a finished run.
    """
    summary = details["summary"]
    style, script = _built("report.css"), _built("report.js")
    data = to_canonical_json(_compact(_data(details))).replace("<", "\\u003c")
    head = element(
        "head",
        empty_element("meta", charset="utf-8"),
        empty_element(
            "meta", name="viewport", content="width=device-width, initial-scale=1"
        ),
        empty_element("meta", name="color-scheme", content="light dark"),
        empty_element(
            "meta",
            http_equiv="Content-Security-Policy",
            content=_policy(style, script),
        ),
        element("title", text(_title(summary))),
        element("style", Html(style)),
    )
    damaged = [words.partition(":")[0] for words in details["damaged"]]
    body = element(
        "body",
        element("main", *facts(summary, damaged=damaged), id="facts"),
        element("script", Html(data), id="run", type="application/json"),
        element("script", Html(script)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _built(name: str) -> str:
    """Return the contents of a file built from `web/`."""
    return files("assay.report.html").joinpath("built", name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Return a content security policy that allows only the given style and script.

    The policy would block scripts even if some text were accidentally left unescaped.
    """
    style_hash, script_hash = map(_hash, (style, script))
    rules = f"style-src '{style_hash}'; script-src '{script_hash}'"
    return f"default-src 'none'; {rules}; base-uri 'none'; form-action 'none'"


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _title(summary: Mapping[str, Any]) -> str:
    value, _ = measured(summary["test"])
    metric = metric_title(summary["test"]["metric"])
    return f"{summary['run']} · test {metric} {value} · Assay"


def _data(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data that the script shows.

    Only the curves of the selected trial and the refit are included.
    """
    tune: Mapping[str, Any] = details["summary"]["tune"] or {}
    kept = (str(tune.get("best_trial", 0)), "-1")
    resolved = details["resolved"]
    monitors = _only(details["monitors"], kept)
    return {
        **{name: details.get(name) for name in _TEXTS},
        "state": "finished",
        "resolved": resolved and {name: resolved.get(name) for name in _OF_SYSTEM},
        "epochs": _only(details["epochs"], kept) or None,
        "monitors": {fit: _thinned(one) for fit, one in monitors.items()} or None,
        "commands": _commands(details["path"]),
    }


def _only(fits: Mapping[str, Any] | None, kept: Sequence[str]) -> dict[str, Any]:
    return {name: fit for name, fit in (fits or {}).items() if name in kept}


def _thinned(monitors: Mapping[str, Any]) -> dict[str, Any]:
    """Omit some of the measured epochs if a network has many layers."""
    layers, size = monitors["layers"], len(monitors["epoch"])
    most = max(_MOST_CELLS // max(len(layers), 1), 20)
    chosen = np.unique(np.linspace(0, size - 1, min(size, most)).astype(int))
    arrays = {n: values[..., chosen] for n, values in monitors.items() if n != "layers"}
    return {"layers": layers, **arrays}


def _commands(path: str) -> list[list[str]]:
    """Return (description, command) pairs that users can copy."""
    quoted = shlex.quote(path)
    return [
        ["Show this result", f"assay show {quoted}"],
        ["Predict new rows", f"assay predict {quoted} NEW_DATA -o predictions.csv"],
        ["Resume an interrupted run", f"assay train --resume --out {quoted}"],
        ["Predict in Python", f"assay.load({path!r}).predict(frame)"],
    ]


def _compact(value: Any) -> Any:
    """Return plain values, with control characters replaced and arrays rounded."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", value).items()
        return {shown(name): _compact(item) for name, item in items}
    if isinstance(value, list | tuple):
        return [_compact(item) for item in cast("Sequence[Any]", value)]
    if hasattr(value, "dtype") and value.dtype.kind == "f":
        return _rounded(value.tolist())
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in cast("list[Any]", value)]
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{_DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 2**53 else short
