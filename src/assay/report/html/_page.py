"""Builds the report page from its sections."""

from assay.report._format import measured
from assay.report._run import metric_title
from assay.report.html._details import (
    commands_section,
    environment_section,
    findings_section,
    settings_section,
    times_section,
)
from assay.report.html._elements import Html, element, empty_element, text
from assay.report.html._predictions import predictions_section
from assay.report.html._records import RunRecords
from assay.report.html._result import (
    heading,
    metrics_section,
    protocol_section,
    result_section,
)
from assay.report.html._style import STYLE
from assay.report.html._training import training_section

__all__ = ["page_html"]

# If some text were not escaped, this policy would still block scripts and requests.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_html(records: RunRecords) -> str:
    """Return the report as an HTML document that depends only on the records."""
    head = element(
        "head",
        empty_element("meta", charset="utf-8"),
        empty_element(
            "meta", name="viewport", content="width=device-width, initial-scale=1"
        ),
        empty_element("meta", name="color-scheme", content="light dark"),
        empty_element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", text(_title(records))),
        element("style", Html(STYLE)),
    )
    body = element("body", element("main", heading(records), *_sections(records)))
    page = element("html", head, body, lang="en")
    # one section per line keeps the file readable in an editor
    return f"<!DOCTYPE html>\n{page.replace('<section ', chr(10) + '<section ')}\n"


def _title(records: RunRecords) -> str:
    summary = records.summary
    value, _ = measured(summary["test"])
    metric = metric_title(summary["test"]["metric"])
    return f"{summary['run']} · test {metric} {value} · Assay"


def _sections(records: RunRecords) -> list[Html]:
    return [
        result_section(records),
        protocol_section(records),
        metrics_section(records),
        predictions_section(records),
        training_section(records),
        findings_section(records),
        settings_section(records),
        environment_section(records),
        times_section(records),
        commands_section(records),
        _footer(records),
    ]


def _footer(records: RunRecords) -> Html:
    words = (
        f"Written by Assay {records.summary['assay']} from the records of the run. "
        "This page is self-contained and makes no network requests."
    )
    if records.damaged:
        words += f" Omitted files that cannot be read: {', '.join(records.damaged)}."
    return element("footer", element("p", text(words)))
