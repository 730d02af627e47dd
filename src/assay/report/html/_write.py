"""Writes the report of a run into its folder."""

from assay.records import RunFolder

__all__ = ["REPORT", "write_report"]

REPORT = "report.html"
"""The name of the file."""


def write_report(folder: RunFolder) -> None:
    """Write `report.html` from the other records of a finished run.

    The same records give the same bytes. Records that are absent or damaged are left
    out, so this also works for runs of older versions.

    Args:
        folder: of a run that has its `run.json`.

    Raises:
        RunError: there is no valid `run.json`.
    """
    # These need NumPy, which takes longer to import than all that prints a result.
    from assay.report.html._page import page_html
    from assay.report.html._records import read_records

    folder.write_text(REPORT, page_html(read_records(folder)))
