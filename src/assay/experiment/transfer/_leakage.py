"""Checks whether a source run has seen the val and test rows of a new run."""

import numpy as np

from assay.data import Dataset, Split
from assay.experiment.transfer._source_run import SourceRun
from assay.records import Finding

__all__ = ["findings_of_start"]


def findings_of_start(
    source_run: SourceRun, dataset: Dataset, split: Split
) -> list[Finding]:
    """Return findings for val and test rows that the source run was trained on.

    Rows are identified by their numbers, so this works only for runs on exactly the
    same data: a copy with one more row counts as another data set.
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
        f"{_overlap('test', run, numbers)} The test result is optimistic: it does not "
        "measure performance on new examples.",
        numbers,
        f"Use the seed and split of {run}, which has not seen its own test rows, or "
        "train on other data.",
    )


def _knew_val(run: str, numbers: dict[str, int]) -> Finding:
    return Finding(
        "start_knew_val",
        "advice",
        f"{_overlap('val', run, numbers)} Validation scores are optimistic and favor "
        "settings close to the source model.",
        numbers,
        "Try only a single setting, or start from a run on other data.",
    )


def _overlap(part: str, run: str, numbers: dict[str, int]) -> str:
    known, total = numbers[f"num_seen_{part}"], numbers[f"num_{part}"]
    return (
        f"{known:,} of the {total:,} {part} rows ({known / total:.0%}) are among those "
        f"that {run}, the run this one starts from, was trained on."
    )
