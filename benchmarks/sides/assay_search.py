"""Assay: a search as in `assay.train`, with parallel trials."""

from pathlib import Path
from typing import Any

from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, open_storage, search
from assay.tuning import Search as Found
from benchmarks._task import Search
from benchmarks.sides.assay_training import compile_seconds, material_of

__all__ = ["AssaySearch"]


class AssaySearch:
    """Rounds of a search whose study is in a file. Complete studies are replaced."""

    same_batches = False

    def __init__(self, task: Search, folder: Path) -> None:
        self.task = task
        self._folder = folder
        self._material: TrainingData = material_of(task.task)
        self._done = 0
        self._search(1, "first", seed=0)  # imports and compiles before the first round
        self.facts: dict[str, Any] = {"compile_seconds": compile_seconds()}

    def reset(self) -> None:
        """Continue the study, or start the next one."""
        self._study, done = divmod(self._done, self.task.num_trials)
        self._goal = done + self.task.trials_a_round
        self._done += self.task.trials_a_round

    def run(self) -> None:
        """Run the trials of a round."""
        self._found = self._search(self._goal, str(self._study), seed=self._study)

    def _search(self, num_trials: int, name: str, *, seed: int) -> Found:
        return search(
            Candidate("net", self.task.task.training, num_trials),
            training_data=self._material,
            # No pruning, because the peer does not prune either.
            tune=spec.Tune(pruner="none"),
            seed=seed,
            storage=open_storage(self._folder / f"ours-{name}.db"),
        )

    def outcome(self) -> float:
        """Return the best validation accuracy."""
        return self._found.best.val_score
