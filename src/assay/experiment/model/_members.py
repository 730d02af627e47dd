"""Trains the members of a model, each with its own seed."""

from assay._errors import RunError
from assay._seeds import generator
from assay.training import Checkpoints, Fit, Resumable

__all__ = ["member_seed", "run_members"]


def run_members(
    waiting: list[Resumable], checkpoints: Checkpoints, *, training: str, advice: str
) -> list[Fit]:
    """Run the fits of all members to completion in parallel.

    Args:
        waiting: the fits of the members.
        checkpoints: checkpoints of the fits.
        training: subject of the error message, such as "Training on train + val".
        advice: recommendation in the error message.

    Raises:
        RunError: the training diverged.
    """
    # compiled programs release the interpreter lock, so threads are enough
    threads = min(len(waiting), checkpoints.workers.count)
    fits = checkpoints.in_threads(Resumable.run, waiting, threads=threads)
    for fit in fits:
        if fit.diverged_at is not None:
            raise RunError(
                f"{training} diverged at iteration {fit.diverged_at}, because the cost "
                f"became NaN or infinite. {advice}"
            )
    return fits


def member_seed(seed: int, number: int) -> int:
    """Return the seed of a member. The first member (number 0) uses the run's seed."""
    return int(generator(seed, "member", number).integers(2**31)) if number else seed
