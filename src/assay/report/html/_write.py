"""Writes the report of a run to its folder and reads the records for the report."""

from typing import Any

from assay.records import RunFolder

__all__ = ["REPORT", "read_curves", "read_details", "write_report"]

REPORT = "report.html"
"""The file name of the report."""

# Modules that need NumPy are imported inside functions, because importing NumPy takes
# longer than printing a result.


def write_report(folder: RunFolder) -> None:
    """Write `report.html` based on the other records of a finished run.

    The output depends only on the records. Missing or damaged records are omitted, so
    runs from older versions are supported.

    Args:
        folder: folder of a finished run, which contains `run.json`.

    Raises:
        RunError: the folder has no valid `run.json`.
    """
    from assay.report.html._page import page_html

    folder.summary()  # raises an error if run.json is missing or invalid
    folder.write_text(REPORT, page_html(read_details(folder)))


def read_details(folder: RunFolder) -> dict[str, Any]:
    """Return the records of a run, finished or not, for the report and the lab.

    Missing or damaged records are None, and the key "damaged" lists the damaged ones.

    Args:
        folder: folder of a run.
    """
    from assay.report.html._details import details_of

    return details_of(folder)


def read_curves(folder: RunFolder) -> dict[str, dict[str, Any]]:
    """Return the costs and scores after each epoch, by trial; "-1" is the refit.

    Args:
        folder: folder of a run.

    Raises:
        RunError: the folder has no valid `epochs.parquet`.
        ValueError: the table lacks columns.
    """
    from assay.report.html._details import curves_of

    return curves_of(folder)
