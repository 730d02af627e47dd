"""Optuna and PyTorch: the same search, with trials in PyTorch's fastest plain loop."""

import os
import time
from pathlib import Path
from typing import Any

import optuna
import torch

from assay.spec import Log
from benchmarks._task import Search, orders
from benchmarks.sides.pytorch_loop import Variant, fastest, make_optimizer, train_epoch
from benchmarks.sides.pytorch_net import Net, kernels_of
from benchmarks.sides.pytorch_training import accuracy

__all__ = ["PyTorchSearch"]

optuna.logging.set_verbosity(optuna.logging.WARNING)
_PROBE_TRIALS = 2


class PyTorchSearch:
    """Rounds of a search that runs one or more trials at a time."""

    same_batches = False

    def __init__(self, task: Search, folder: Path) -> None:
        self.task = task
        self._folder = folder
        data = task.task.data()
        pairs = (data.inputs, data.targets), (data.val_inputs, data.val_targets)
        train, val = [
            (torch.from_numpy(x), torch.from_numpy(y).long()) for x, y in pairs
        ]
        self._train, self._val = train, val
        self._orders = [torch.from_numpy(order) for order in orders(task.task)]
        self._spaces = task.task.training.spaces()
        self._done = 0
        threads = len(os.sched_getaffinity(0))
        self._variant = fastest(threads, task.task.num_iterations, self._try)
        self._jobs = self._faster_jobs(threads)
        variant = f"{self._variant}, jobs={self._jobs}"
        self.facts: dict[str, Any] = {"variant": variant}

    def _try(self, variant: Variant, num_iterations: int) -> None:
        lowest = {path: space.ends()[0] for path, space in self._spaces.items()}
        self._trained(lowest, variant, num_iterations=num_iterations)

    def _faster_jobs(self, threads: int) -> int:
        """Return the fastest number of concurrent trials and set the variant for it."""
        tries = {}
        chosen = self._variant
        for jobs in {1, threads}:
            variant = Variant(1, chosen.optimizer, chosen.batches, chosen.to_none)
            self._variant = chosen if jobs == 1 else variant
            torch.set_num_threads(self._variant.threads)
            study = self._study_in(f"try{jobs}", seed=0)
            started = time.perf_counter()
            study.optimize(self._objective, _PROBE_TRIALS * threads, n_jobs=jobs)
            tries[jobs] = time.perf_counter() - started, self._variant
        jobs = min(tries, key=lambda jobs: tries[jobs][0])
        self._variant = tries[jobs][1]
        torch.set_num_threads(self._variant.threads)
        return jobs

    def reset(self) -> None:
        """Continue the study, or start the next one."""
        self._number, self._seed = self._done // self.task.num_trials, self._done
        self._done += self.task.trials_a_round

    def run(self) -> None:
        """Run the trials of a round."""
        self._study = self._study_in(str(self._number), seed=self._seed)
        trials = self.task.trials_a_round
        self._study.optimize(self._objective, trials, n_jobs=self._jobs)

    def _study_in(self, name: str, *, seed: int) -> optuna.Study:
        return optuna.create_study(
            storage=f"sqlite:///{self._folder}/theirs-{name}.db",
            study_name="net",
            sampler=optuna.samplers.TPESampler(seed=seed),
            direction="maximize",
            load_if_exists=True,
        )

    def outcome(self) -> float:
        """Return the best validation accuracy."""
        return self._study.best_value

    def _objective(self, trial: optuna.Trial) -> float:
        values = {
            path: trial.suggest_float(path, *space.ends(), log=isinstance(space, Log))
            for path, space in self._spaces.items()
        }
        return accuracy(self._trained(values, self._variant), self._val)

    def _trained(
        self,
        values: dict[str, float],
        variant: Variant,
        num_iterations: int | None = None,
    ) -> Net:
        """Train a new network with the values of a trial."""
        task = self.task.task
        training: Any = task.training.with_values(values)
        net = Net(training.model, self._train[0].shape[1:], task.num_classes)
        kernels, others = kernels_of(net)
        # PyTorch's penalty is weight_decay/2·Σw², and Assay's is strength·Σw².
        strength = training.regularizers[0].strength
        groups = [{"params": kernels, "weight_decay": 2 * strength}, {"params": others}]
        optimizer = make_optimizer(training.optimizer, groups, variant)
        how = {"batch_size": task.batch_size, "variant": variant}
        for order in self._orders[: 1 if num_iterations else None]:
            how["num_iterations"] = num_iterations
            train_epoch(net, optimizer, self._train, order, **how)  # type: ignore[arg-type]
        return net
