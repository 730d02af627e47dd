"""Writes the report of a run to its folder."""

from assay.records import RunFolder

__all__ = ["REPORT", "write_report"]

REPORT = "report.html"
"""The file name of the report."""


def write_report(folder: RunFolder) -> None:
    """Write `report.html` from the other records of a finished run.

    The output depends only on the records. Missing or damaged records are omitted, so
    runs of older versions are supported too.

    Args:
        folder: folder of a finished run, which contains `run.json`.

    Raises:
        RunError: the folder has no valid `run.json`.
    """
    # These modules need NumPy, and importing it takes longer than printing a result.
    from assay.report.html._page import page_html
    from assay.report.html._records import read_records

    folder.write_text(REPORT, page_html(read_records(folder)))
