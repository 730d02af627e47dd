"""Checks whether a source run was trained on validation or test rows of a new run."""

import numpy as np

from assay.data import Dataset, Split
from assay.experiment.transfer._source_run import SourceRun
from assay.records import Finding

__all__ = ["findings_of_start"]


def findings_of_start(
    source_run: SourceRun, dataset: Dataset, split: Split
) -> list[Finding]:
    """Return findings about validation and test rows that the source run trained on.

    Rows are identified by their numbers, so overlaps are found only if both runs use
    exactly the same data. A copy with one more row counts as a different data set.
    """
    seen = source_run.seen.get(dataset.fingerprint)
    if seen is None:
        return []
    numbers = {"num_seen": len(seen)}
    for part in ("val", "test"):
        rows = split.parts[part]
        numbers[f"num_{part}"] = len(rows)
        numbers[f"num_seen_{part}"] = int(np.isin(rows, seen).sum())
    findings: list[Finding] = []
    if numbers["num_seen_test"]:
        findings.append(_knew_test(source_run.name, numbers))
    if numbers["num_seen_val"]:
        findings.append(_knew_val(source_run.name, numbers))
    return findings


def _knew_test(run: str, numbers: dict[str, int]) -> Finding:
    return Finding(
        "start_knew_test",
        "warning",
        f"{_overlap('test', run, numbers)} The test result is optimistic, because it "
        "does not measure performance on new examples.",
        numbers,
        f"Use the same seed and split as {run}, which was not trained on its own test "
        "rows, or train on other data.",
    )


def _knew_val(run: str, numbers: dict[str, int]) -> Finding:
    return Finding(
        "start_knew_val",
        "advice",
        f"{_overlap('val', run, numbers)} Validation scores are optimistic and favor "
        "settings that stay close to the source model.",
        numbers,
        "Try only one setting, or start from a run on other data.",
    )


def _overlap(part: str, run: str, numbers: dict[str, int]) -> str:
    known, total = numbers[f"num_seen_{part}"], numbers[f"num_{part}"]
    return (
        f"The source run {run} was trained on {known:,} of the {total:,} {part} rows "
        f"({known / total:.0%})."
    )
