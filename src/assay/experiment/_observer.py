"""Who wants to know how a run goes on; the command line and the lab listen in."""

from assay.records import Finding

__all__ = ["Observer"]


class Observer:
    """Is told what happens in a run; this one does nothing with it."""

    started: float | None = None
    """When a user began to wait, on the monotonic clock; None for the run's start."""

    def stage(self, name: str, detail: str = "") -> None:
        """A stage of the protocol starts: "data", "tune", "refit" or "test"."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        """So much of the stage is done."""

    def finding(self, finding: Finding) -> None:
        """Something worth knowing was found."""
