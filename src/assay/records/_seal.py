"""The seal of a test set, which records every opening in the ledger."""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from assay._errors import Faults
from assay.records._ledger import Ledger

__all__ = ["Seal"]

T = TypeVar("T")


class Seal(Generic[T]):
    """Returns the test rows only after the opening of the test set has been recorded.

    Only `open` calls `provide`, and only after the opening has been written to disk. If
    a run stops after opening the test set and is resumed, it gets the rows again, but
    the opening is counted only once.

    Args:
        provide: function that returns the test rows.
        ledger: ledger that counts the openings across runs.
        fingerprint: SHA-256 hash that identifies the data set.
        test_hash: hash of the row numbers in the test set.
        own: the run's own ledger, which shows whether this run has opened the test set,
            even if a run in another folder has the same name.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = tempfile.TemporaryDirectory()
        >>> ledger = Ledger(Path(folder.name) / "ledger.jsonl")
        >>> seal = Seal(lambda: [7, 8], ledger, fingerprint="f", test_hash="t")
        >>> seal.openings
        0
        >>> seal.open(run="a-1", purpose="final evaluation")
        [7, 8]
        >>> seal.openings
        1
        >>> folder.cleanup()
    """

    def __init__(
        self,
        provide: Callable[[], T],
        ledger: Ledger,
        *,
        fingerprint: str,
        test_hash: str,
        own: Ledger | None = None,
    ) -> None:
        self._provide = provide
        self._ledger, self._own = ledger, own
        self.fingerprint = fingerprint
        self.test_hash = test_hash

    @property
    def openings(self) -> int:
        """Number of times this test set has been opened by any run."""
        return self._ledger.openings(self.fingerprint, self.test_hash)

    def open(self, *, run: str, purpose: str) -> T:
        """Record an opening, then return the test rows.

        Args:
            run: name of the run that opens the test set.
            purpose: reason for opening the test set, such as "final evaluation".

        Raises:
            InputError: run or purpose is empty.
            RunError: the opening could not be recorded, so the test set stays sealed.
        """
        faults = Faults()
        for name, value in (("run", run), ("purpose", purpose)):
            if not value.strip():
                fix = "Pass the run's name and its reason for opening the test set."
                faults.add(f"{name} must not be empty. {fix}")
        faults.raise_if_any()
        self._record(run, purpose)
        return self._provide()

    def _record(self, run: str, purpose: str) -> None:
        """Record the opening in the run's own ledger, and then in the shared ledger.

        The order matters: if the process is killed between the two writes, the resumed
        run finds the opening in its own ledger and adds it to the shared ledger.
        """
        when = None
        if self._own is not None:
            when = self._own.when_opened(self.fingerprint, self.test_hash, run)
        when = self._new_time(run) if when is None else when
        for ledger in (self._own, self._ledger):
            if ledger is not None:
                ledger.record(
                    fingerprint=self.fingerprint,
                    test_hash=self.test_hash,
                    run=run,
                    purpose=purpose,
                    when_seconds=when,
                )

    def _new_time(self, run: str) -> float:
        """Return the current time, or the next time not recorded for this run name.

        If the clock was set back, a run with the same name in another folder may
        already have opened the test set at the current time. The times must differ, so
        that the two openings are counted separately.
        """
        when = time.time()
        with suppress(OSError):  # `record` will report that the ledger cannot be read
            while self._ledger.has(self.fingerprint, self.test_hash, run, when):
                when = math.nextafter(when, math.inf)
        return when
