"""Writes the report of a run into its folder."""

from assay.records import RunFolder

__all__ = ["REPORT", "write_report"]

REPORT = "report.html"
"""The name of the file."""


def write_report(folder: RunFolder) -> None:
    """Write `report.html` from the other records of a finished run.

    The same records give the same bytes. Missing or damaged records are left
    out, so this also works for runs of older versions.

    Args:
        folder: folder of a run that has its `run.json`.

    Raises:
        RunError: the folder has no valid `run.json`.
    """
    # These need NumPy, whose import takes longer than printing a result.
    from assay.report.html._page import page_html
    from assay.report.html._records import read_records

    folder.write_text(REPORT, page_html(read_records(folder)))
