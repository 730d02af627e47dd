"""Formats the records of runs as text, tables and HTML."""

from assay.report._compare import compare_text, compare_warnings
from assay.report._data import data_text
from assay.report._findings import findings_text
from assay.report._format import measured
from assay.report._metric_titles import metric_title
from assay.report._race import race_text
from assay.report._run import compared, summary_html, summary_text, verdict_text
from assay.report._stages import layers_text
from assay.report._tuning import tuning_text
from assay.report._unfinished import unfinished_text
from assay.report.html._write import (
    REPORT,
    read_curves,
    read_details,
    write_report,
)

__all__ = [
    "REPORT",
    "compare_text",
    "compare_warnings",
    "compared",
    "data_text",
    "findings_text",
    "layers_text",
    "measured",
    "metric_title",
    "race_text",
    "read_curves",
    "read_details",
    "summary_html",
    "summary_text",
    "tuning_text",
    "unfinished_text",
    "verdict_text",
    "write_report",
]
