"""Reports: what the records of runs say, in words, tables and HTML."""

from assay.report._overview import compare_text, data_text, unfinished_text
from assay.report._race import race_text
from assay.report._run import summary_html, summary_text

__all__ = [
    "compare_text",
    "data_text",
    "race_text",
    "summary_html",
    "summary_text",
    "unfinished_text",
]
