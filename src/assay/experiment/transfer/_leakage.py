"""Whether a run that another one starts from knew the rows that shall judge it."""

from collections.abc import Mapping

import numpy as np

from assay.data import Dataset, Split
from assay.experiment.transfer._source_run import Source
from assay.records import Finding

__all__ = ["findings_of_start"]


def findings_of_start(source: Source, dataset: Dataset, split: Split) -> list[Finding]:
    """Return what the run it starts from knew of val and test.

    Rows are told apart by their numbers, so only runs on the very same data are seen
    through; a copy of them with another row in it is another data set.
    """
    seen = source.seen.get(dataset.fingerprint)
    if seen is None:
        return []
    numbers = {"num_seen": len(seen)}
    for name in ("val", "test"):
        rows = split.parts[name]
        numbers[f"num_{name}"] = len(rows)
        numbers[f"num_seen_{name}"] = int(np.isin(rows, seen).sum())
    found = []
    if numbers["num_seen_test"]:
        told = _told("test", numbers, source)
        told += " The test result flatters: it is no measure of new examples."
        fix = (
            f"Use the seed and split of {source.name}, whose test rows it has not "
            "seen, or train on other data."
        )
        found.append(Finding("start_knew_test", "warning", told, numbers, fix))
    if numbers["num_seen_val"]:
        told = _told("val", numbers, source)
        told += " Val scores flatter, and favor settings that change little."
        fix = "Ask for a single setting, or start from a run on other data."
        found.append(Finding("start_knew_val", "advice", told, numbers, fix))
    return found


def _told(name: str, numbers: Mapping[str, int], source: Source) -> str:
    known, total = numbers[f"num_seen_{name}"], numbers[f"num_{name}"]
    return (
        f"{known:,} of the {total:,} {name} rows ({known / total:.0%}) are among those "
        f"that {source.name}, which this run starts from, was trained on."
    )
