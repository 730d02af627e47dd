"""A ledger that records each opening of a test part, and a seal that enforces it."""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from assay._errors import Faults, RunError
from assay.records._atomic_files import append_lines, read_lines
from assay.records._events import RECORDS_VERSION
from assay.records._json import to_canonical_json

__all__ = ["Ledger", "Seal"]

T = TypeVar("T")


class Ledger:
    """An append-only file of openings, with one JSON object per line.

    Several processes may write to the file at the same time. When `record` returns, the
    line is on the disk. Lines cut short by a killed process are ignored.

    Args:
        path: path of the file, which the first call to `record` creates.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> ledger = Ledger(Path(folder.name) / "ledger.jsonl")
        >>> ledger.record(fingerprint="f", test_hash="t", run="a-1", purpose="final")
        1
        >>> ledger.openings("f", "t"), ledger.openings("f", "other")
        (1, 0)
        >>> folder.cleanup()
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def record(
        self,
        *,
        fingerprint: str,
        test_hash: str,
        run: str,
        purpose: str,
        when_seconds: float | None = None,
    ) -> int:
        """Record an opening, and return the number of openings of this test part.

        Args:
            fingerprint: SHA-256 hash that identifies the data set.
            test_hash: hash of the row numbers in the test part.
            run: name of the run that opens the test part.
            purpose: reason for opening the test part.
            when_seconds: time of the opening, by default the current time. If an
                opening with this time is already recorded, it is not recorded again.

        Raises:
            RunError: the opening could not be recorded, so the part must stay sealed.
        """
        entry = {
            "kind": "opening",
            "version": RECORDS_VERSION,
            "fingerprint": fingerprint,
            "test_hash": test_hash,
            "run": run,
            "purpose": purpose,
            "when_seconds": time.time() if when_seconds is None else when_seconds,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = when_seconds is None or not self._has(
                fingerprint, test_hash, run, when_seconds
            )
            if new:
                append_lines(self.path, [to_canonical_json(entry)], sync=True)
            openings = self.openings(fingerprint, test_hash)
        except OSError as error:
            raise RunError(
                f"The opening of the test part could not be recorded in {self.path}, "
                f"so the part stays sealed: {error}. Make the file writable, then "
                "continue the run with --resume."
            ) from error
        if not openings:
            raise RunError(
                f"{self.path} does not store the written data, so the test part "
                "stays sealed. Use a folder on another disk."
            )
        return openings

    def entries(self) -> list[dict[str, Any]]:
        """Return all openings, oldest first."""
        return [e for e in read_lines(self.path) if e.get("kind") == "opening"]

    def _has(
        self, fingerprint: str, test_hash: str, run: str, when_seconds: float
    ) -> bool:
        """Return whether a run's opening of this test part at this time is recorded."""
        key: dict[str, Any] = {"fingerprint": fingerprint, "test_hash": test_hash}
        key |= {"run": run, "when_seconds": when_seconds}
        return any(key.items() <= entry.items() for entry in self.entries())

    def when_opened(self, fingerprint: str, test_hash: str, run: str) -> float | None:
        """Return the time at which a run first opened this test part, or None."""
        key = {"fingerprint": fingerprint, "test_hash": test_hash, "run": run}
        for entry in self.entries():
            when = entry.get("when_seconds")
            if isinstance(when, float) and key.items() <= entry.items():
                return when
        return None

    def openings(self, fingerprint: str, test_hash: str) -> int:
        """Return the number of times this test part has been opened by any run."""
        part = (fingerprint, test_hash)
        opened = ((e.get("fingerprint"), e.get("test_hash")) for e in self.entries())
        return sum(key == part for key in opened)


class Seal(Generic[T]):
    """Gives access to the test rows only after recording the opening.

    Only `open` calls `provide`, and only after the opening is on the disk. If a run
    stops after opening the test part and is resumed, it gets the rows again, but the
    opening is counted only once.

    Args:
        provide: function that returns the test rows.
        ledger: ledger that counts the openings across runs.
        fingerprint: SHA-256 hash that identifies the data set.
        test_hash: hash of the row numbers in the test part.
        own: the run's own ledger, which shows whether this run has opened the part. It
            distinguishes runs with the same name in different folders.

    Example:
        >>> import tempfile
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
        """Number of times this test part has been opened by any run."""
        return self._ledger.openings(self.fingerprint, self.test_hash)

    def open(self, *, run: str, purpose: str) -> T:
        """Record an opening, then return the test rows.

        Args:
            run: name of the run that opens the test part.
            purpose: reason for opening the test part, such as "final evaluation".

        Raises:
            InputError: run or purpose is empty.
            RunError: the opening could not be recorded, so the part stays sealed.
        """
        faults = Faults()
        for name, value in (("run", run), ("purpose", purpose)):
            if not value.strip():
                fix = "State which run opens the test part, and for what purpose."
                faults.add(f"{name} must not be empty. {fix}")
        faults.raise_if_any()
        self._record(run, purpose)
        return self._provide()

    def _record(self, run: str, purpose: str) -> None:
        """Record the opening in the run's own ledger, then in the ledger of all runs.

        The order matters. If the process is killed between the two, the resumed run
        finds the time of the opening in its own ledger and counts the opening then.
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
        """Return the current time, or the next time not yet recorded for this run name.

        If the clock has stopped or was set back, a run of the same name in another
        folder may have opened the part at the same time. The two openings are counted
        separately.
        """
        when = time.time()
        with suppress(OSError):  # `record` reports that the ledger cannot be read
            while self._ledger._has(self.fingerprint, self.test_hash, run, when):
                when = math.nextafter(when, math.inf)
        return when
