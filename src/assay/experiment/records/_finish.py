"""The last steps of a run: deleting temporary files and writing the report."""

import shutil
import sys

from assay.experiment.records._live_run import remove_live
from assay.records import CONTROL, LIVE, RunFolder
from assay.report import REPORT, write_report

__all__ = ["CHECKPOINTS", "complete", "remove_temporary", "report_if_possible"]

CHECKPOINTS = "checkpoints"
"""The folder of checkpoints, which is deleted when the run ends."""


def complete(folder: RunFolder) -> None:
    """Finish a run whose process was killed after it wrote the result."""
    left = any(map(folder.exists, (LIVE, CONTROL, CHECKPOINTS)))
    if folder.exists(REPORT) and not left and not folder.has_leftovers:
        return
    lock = folder.lock()  # locking also deletes leftover files
    try:
        remove_temporary(folder)
        if not folder.exists(REPORT):
            report_if_possible(folder)
    finally:
        lock.release()


def remove_temporary(folder: RunFolder) -> None:
    """Delete the files that are needed only while a run is in progress."""
    remove_live(folder)
    shutil.rmtree(folder.path_of(CHECKPOINTS), ignore_errors=True)


def report_if_possible(folder: RunFolder) -> None:
    """Write the report, or print a note on why it was not written."""
    try:
        write_report(folder)
    # the result is already saved; only the report is missing
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        print(f"note: {REPORT} was not written ({reason})", file=sys.stderr)
