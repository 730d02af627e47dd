"""Generates an HTML page about the server, without scripts or external resources."""

import base64
import hashlib
import json
from html import escape
from typing import Any

from assay.report import metric_title
from assay.serving._openapi import example_row
from assay.serving.bodies._schema import Schema

__all__ = ["PAGE_POLICY", "page"]

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto;
  padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8886;
  vertical-align: top; }
pre { padding: .8rem; overflow-x: auto; background: #8882; border-radius: .4rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy that allows only the page's own style."""

_ENDPOINTS = (
    ("POST /predict", "predictions for rows, as JSON or an Arrow stream"),
    ("GET /model", "the columns, the classes and the test result"),
    ("GET /health", "whether the server is ready"),
    ("GET /openapi.json", "this interface as an OpenAPI 3.1 document"),
)
_MOST_EXAMPLE = 400  # maximum length of the example row, in characters
_MOST_CATEGORIES = 12


def page(schema: Schema, model: dict[str, Any], *, host: str, has_token: bool) -> str:
    """Return the page as HTML.

    Args:
        schema: columns and task of the model.
        model: response to `GET /model`.
        host: host in the request's address.
        has_token: whether requests need a token.
    """
    name, target = escape(model["name"]), escape(str(schema.task.target))
    columns = _table(("column", "kind", "values"), map(_column, model["columns"]))
    endpoints = _table(
        ("request", "response"),
        [(f"<code>{escape(r)}</code>", escape(a)) for r, a in _ENDPOINTS],
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{name}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{name}</h1><p>Predicts <strong>{target}</strong> "
        f"({escape(schema.task.kind)}). {escape(_test(model))}</p>"
        f"<h2>Requests</h2>{endpoints}<h2>Example</h2>"
        f"<pre>{escape(_curl(schema, host=host, has_token=has_token))}</pre>"
        f"<h2>Columns</h2>{columns}</body></html>"
    )


def _test(model: dict[str, Any]) -> str:
    test = model["test"]
    title = metric_title(test["metric"])
    if test["value"] is None:
        return ""
    low, high = test["interval"] or (None, None)
    interval = ""
    if low is not None and high is not None:
        interval = f", {test['level']:.0%} interval [{low:.4g}, {high:.4g}]"
    return (
        f"{title} on {test['num_examples']:,} sealed test examples: "
        f"{test['value']:.4g}{interval}."
    )


def _table(head: tuple[str, ...], rows: Any) -> str:
    heads = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _column(column: dict[str, Any]) -> tuple[str, str, str]:
    known = column.get("categories") or []
    values = ", ".join(known[:_MOST_CATEGORIES])
    values += f", … ({len(known)})" * (len(known) > _MOST_CATEGORIES)
    if "shape" in column:
        values = " × ".join(map(str, column["shape"])) + " numbers"
    return escape(column["name"]), escape(column["kind"]), escape(values)


def _curl(schema: Schema, *, host: str, has_token: bool) -> str:
    """Return a command that can be pasted into a shell."""
    body = json.dumps({"rows": [example_row(schema)]}, ensure_ascii=False)
    if len(body) > _MOST_EXAMPLE:
        shape = schema.sole.shape if schema.sole else ()
        note = f"{' × '.join(map(str, shape))} numbers" if shape else "one row"
        body = f'{{"rows": [{note}]}}'
    quoted = body.replace("'", "'\\''")
    token = " \\\n  -H 'Authorization: Bearer TOKEN'" if has_token else ""
    return (
        f"curl http://{host}/predict{token} \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{quoted}'"
    )
