"""Whether a run that another one starts from knew the rows that shall judge it."""

import numpy as np

from assay.data import Dataset, Split
from assay.experiment._source import Source
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
    found = []
    numbers = {
        "num_seen": len(seen),
        "num_val": len(split.val),
        "num_seen_val": int(np.isin(split.val, seen).sum()),
        "num_test": len(split.test),
        "num_seen_test": int(np.isin(split.test, seen).sum()),
    }
    known, total = numbers["num_seen_test"], numbers["num_test"]
    if known:
        found.append(
            Finding(
                "start_knew_test",
                "warning",
                f"{known:,} of the {total:,} test rows ({known / total:.0%}) are among "
                f"those that {source.name}, which this run starts from, was trained "
                "on. The test result flatters: it is no measure of new examples.",
                numbers,
                f"Use the seed and split of {source.name}, whose test rows it has not "
                "seen, or train on other data.",
            )
        )
    known, total = numbers["num_seen_val"], numbers["num_val"]
    if known:
        found.append(
            Finding(
                "start_knew_val",
                "advice",
                f"{known:,} of the {total:,} val rows ({known / total:.0%}) are among "
                f"those that {source.name}, which this run starts from, was trained "
                "on. Val scores flatter, and favor settings that change little.",
                numbers,
                "Ask for a single setting, or start from a run on other data.",
            )
        )
    return found
