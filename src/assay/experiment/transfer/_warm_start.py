"""Starts training from the parameters of a saved run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from assay import spec
from assay._errors import Faults
from assay.data import Dataset, Preparation, Task
from assay.experiment.model._files import leaves
from assay.experiment.transfer._reuse_preparation import reuse_preparation
from assay.experiment.transfer._source_run import SourceRun
from assay.nn import is_picked
from assay.training import (
    Groups,
    InitialValues,
    Network,
    merge_initial_values,
    unknown_layer,
)

__all__ = ["WarmStart", "frozen_record", "warm_start"]

_OUTPUT = "output"

ArrayPath = tuple[str, ...]
"""The path of an array, such as ("conv1", "kernel")."""


@dataclass(frozen=True, eq=False)
class WarmStart:
    """The layers and the preparation that a new run reuses from a saved run.

    Args:
        source_run: the saved run.
        initial_values: saved parameters and statistics, used for layers with the same
            names in the new network.
        output: reason why the output layer is or is not transferred.
        keeps_output: whether the output layer is transferred.
        fresh: patterns of layers that start from random values.
        freeze: patterns of layers that are not trained.
    """

    source_run: SourceRun
    initial_values: InitialValues
    output: str
    keeps_output: bool
    fresh: tuple[str, ...]
    freeze: tuple[str, ...]

    def preparation(self, new: Preparation, dataset: Dataset) -> Preparation:
        """Combine the source run's input preparation with the new data's task.

        Raises:
            InputError: the new data differ in structure from the source run's data.
                The message lists all errors.
        """
        source = self.source_run.preparation
        run = self.source_run.name
        reused = reuse_preparation(new, source, dataset, run=run)
        if not self.keeps_output:
            return reused
        # a transferred output layer predicts on the scale of its training targets
        scale = {"target_mean": source.target_mean, "target_std": source.target_std}
        return replace(reused, **scale)

    def check(self, network: Network) -> None:
        """Check that at least one layer and all frozen layers are transferred.

        Raises:
            InputError: a check failed. The message lists all errors.
        """
        template = network.initialize(np.random.default_rng(0))
        merge_initial_values(template, self.initial_values)
        faults = Faults()
        paths = [path for tree in template for path in _paths(tree)]
        layers = dict.fromkeys([*network.names, *(".".join(p[:-1]) for p in paths)])
        for place, pattern in enumerate(self.fresh):
            if not any(is_picked(path, [pattern]) for path in paths):
                faults.add(unknown_layer(f"fresh[{place}]", pattern, layers))
        transferred = set(self._transferred())
        if not transferred.intersection(paths):
            faults.add(
                "The model has no layer in common with the source run "
                f"{self.source_run.name}. Leave out model to use that run's layers."
            )
        frozen = [path for path in paths if is_picked(path, self.freeze)]
        random = [path for path in frozen if path not in transferred]
        if random and not faults.messages:
            layer = ".".join(random[0][:-1])
            faults.add(
                f"The layer {layer} cannot be frozen, because it starts from random "
                "values. Remove it from freeze."
            )
        faults.raise_if_any()

    def _transferred(self) -> Iterator[ArrayPath]:
        for tree in self.initial_values:
            yield from _paths(tree)

    def record(self, network: Network) -> dict[str, Any]:
        """Return the transferred, fresh and frozen layers as plain values."""
        transferred = set(self._transferred())
        template = network.initialize(np.random.default_rng(0))
        paths = [path for tree in template for path in _paths(tree)]
        # a layer is transferred only if all of its arrays are transferred
        fresh = {path[0] for path in paths if path not in transferred}
        whole = {path[0] for path in paths} - fresh
        return {
            "run": self.source_run.name,
            "path": self.source_run.path,
            "sha256": self.source_run.sha256,
            "taken": [name for name in network.names if name in whole],
            "fresh": [name for name in network.names if name in fresh],
            "output": self.output,
        }


def warm_start(
    source_run: SourceRun, dataset: Dataset, experiment: spec.Experiment
) -> WarmStart:
    """Determine the layers that a new run reuses from a saved run."""
    keeps_output, reason = False, "fresh, as requested"
    if not is_picked([_OUTPUT], experiment.fresh):
        keeps_output, reason = _output(source_run.preparation.task, dataset.task)
    fresh = experiment.fresh if keeps_output else (*experiment.fresh, _OUTPUT)
    if experiment.own is not None:  # the output layer of a custom network is unknown
        fresh, reason = experiment.fresh, "as requested"
    values = InitialValues(
        _without(source_run.parameters, fresh), _without(source_run.statistics, fresh)
    )
    return WarmStart(
        source_run, values, reason, keeps_output, experiment.fresh, experiment.freeze
    )


def _without(tree: Any, fresh: Sequence[str], path: ArrayPath = ()) -> Any:
    """Remove from a nested tree the layers that match the patterns."""
    if not isinstance(tree, dict):
        return tree
    inner = cast(dict[str, Any], tree)
    return {
        name: _without(value, fresh, (*path, name))
        for name, value in inner.items()
        if not is_picked((*path, name), fresh)
    }


def _output(before: Task, now: Task) -> tuple[bool, str]:
    """Return whether to transfer the output layer, and the reason."""
    if before.kind != now.kind:
        return False, f"the task was {before.kind}"
    if len(before.classes) != len(now.classes):
        return False, f"there were {len(before.classes)} classes"
    if before.classes != now.classes:
        return False, "the classes were different"
    if before.kind == "regression" and before.target != now.target:
        return False, f"the target was {before.target}"
    return True, "the task is the same"


def _paths(tree: Mapping[str, Any]) -> list[ArrayPath]:
    return sorted(tuple(path.split("/")) for path, _ in leaves(tree))


def frozen_record(groups: Groups, network: Network) -> dict[str, Any] | None:
    """Return the frozen layers and their size as plain data; None if there are none."""
    if not groups.freeze:
        return None
    parameters, _ = network.initialize(np.random.default_rng(0))
    sizes = {tuple(path.split("/")): array.size for path, array in leaves(parameters)}
    frozen = [path for path in sizes if is_picked(path, groups.freeze)]
    names = {path[0] for path in frozen}
    return {
        "patterns": list(groups.freeze),
        "layers": [name for name in network.names if name in names],
        "num_parameters": sum(sizes[path] for path in frozen),
    }
