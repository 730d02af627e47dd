"""A ledger that records each opening of a test set."""

import time
from pathlib import Path
from typing import Any

from assay._errors import RunError
from assay.records._atomic_files import append_lines, read_lines
from assay.records._events import RECORDS_VERSION
from assay.records._json import to_canonical_json

__all__ = ["Ledger"]


class Ledger:
    """An append-only file that lists openings of test sets, one JSON object per line.

    Several processes may write to the file at the same time. When `record` returns, the
    line has been written to disk. Incomplete lines left by killed processes are
    ignored.

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
        """Record an opening and return how often this test set has been opened.

        Args:
            fingerprint: SHA-256 hash that identifies the data set.
            test_hash: hash of the row numbers in the test set.
            run: name of the run that opens the test set.
            purpose: reason for opening the test set, such as "final evaluation".
            when_seconds: time of the opening, by default the current time. If an
                opening at this time has already been recorded, it is not recorded
                again.

        Raises:
            RunError: the opening could not be recorded, so the test set must stay
                sealed.
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
            new = when_seconds is None or not self.has(
                fingerprint, test_hash, run, when_seconds
            )
            if new:
                append_lines(self.path, [to_canonical_json(entry)], sync=True)
            openings = self.openings(fingerprint, test_hash)
        except OSError as error:
            raise RunError(
                f"The opening of the test set could not be recorded in {self.path}: "
                f"{error}. The test set stays sealed. Make the file writable, then "
                "continue the run with --resume."
            ) from error
        if not openings:
            raise RunError(
                f"{self.path} does not retain the written data, so the test set "
                "stays sealed. Use a folder on another disk."
            )
        return openings

    def entries(self) -> list[dict[str, Any]]:
        """Return all openings, oldest first."""
        return [e for e in read_lines(self.path) if e.get("kind") == "opening"]

    def has(
        self, fingerprint: str, test_hash: str, run: str, when_seconds: float
    ) -> bool:
        """Return whether this opening of the test set has been recorded."""
        key: dict[str, Any] = {"fingerprint": fingerprint, "test_hash": test_hash}
        key |= {"run": run, "when_seconds": when_seconds}
        return any(key.items() <= entry.items() for entry in self.entries())

    def when_opened(self, fingerprint: str, test_hash: str, run: str) -> float | None:
        """Return when a run first opened this test set; None if it never has."""
        key = {"fingerprint": fingerprint, "test_hash": test_hash, "run": run}
        for entry in self.entries():
            when = entry.get("when_seconds")
            if isinstance(when, float) and key.items() <= entry.items():
                return when
        return None

    def openings(self, fingerprint: str, test_hash: str) -> int:
        """Return the number of times this test set has been opened by any run."""
        part = (fingerprint, test_hash)
        opened = ((e.get("fingerprint"), e.get("test_hash")) for e in self.entries())
        return sum(key == part for key in opened)
