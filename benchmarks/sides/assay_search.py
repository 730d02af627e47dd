"""Ours: a search as `assay.train` runs it, trials side by side on the cores."""

from pathlib import Path
from typing import Any

from assay import spec
from assay.train import Material
from assay.tune import Candidate, search
from benchmarks._task import Search
from benchmarks.sides.assay_training import compile_seconds, material_of

__all__ = ["AssaySearch"]


class AssaySearch:
    """Rounds of a search whose study is kept in a file; a full one begins anew."""

    same_batches = False

    def __init__(self, task: Search, folder: Path) -> None:
        self.task = task
        self._folder = folder
        self._material: Material = material_of(task.task)
        self._done = 0
        training = task.task.training
        lowest = {path: space.ends()[0] for path, space in training.spaces().items()}
        # compiled here, so that rounds are alike
        self._material.fit(training.with_values(lowest), seed=0).run()
        self.facts: dict[str, Any] = {"compile_seconds": compile_seconds()}

    def reset(self) -> None:
        """Go on with the study, or begin the next one."""
        self._study, done = divmod(self._done, self.task.num_trials)
        self._goal = done + self.task.trials_a_round
        self._done += self.task.trials_a_round

    def run(self) -> None:
        """Run the trials of a round."""
        self._found = search(
            Candidate("net", self.task.task.training, self._goal),
            material=self._material,
            tune=spec.Tune(),
            seed=self._study,
            storage=f"sqlite:///{self._folder}/ours{self._study}.db",
        )

    def outcome(self) -> float:
        """Return the best accuracy on val."""
        return self._found.best.val_score
