"""Transfer: a training that starts from what a saved run has learned."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np

from assay import spec
from assay._errors import Faults, fault
from assay.data import Dataset, Preparation
from assay.experiment.transfer._reuse_preparation import adopt
from assay.experiment.transfer._source_run import Source
from assay.nn import is_picked
from assay.training import (
    Groups,
    InitialValues,
    Network,
    merge_initial_values,
    unknown_layer,
)

__all__ = ["Start", "begin_from", "frozen_part"]

_OUTPUT = "output"


@dataclass(frozen=True, eq=False)
class Start:
    """What a new training takes from a run, and what it does not.

    Args:
        source: the run.
        given: parameters and statistics that are taken, if the net has such layers.
        output: why the output layer is kept or not, in words.
        keeps_output: whether it is taken too.
        fresh: patterns of layers that start anew.
        freeze: patterns of layers that are held.
    """

    source: Source
    given: InitialValues
    output: str
    keeps_output: bool
    fresh: tuple[str, ...]
    freeze: tuple[str, ...]

    def preparation(self, own: Preparation, dataset: Dataset) -> Preparation:
        """Return the run's preparation, for a new task.

        Raises:
            InputError: the data are not such as the run was trained on; all faults.
        """
        theirs = self.source.preparation
        adopted = adopt(own, theirs, dataset, run=self.source.name)
        if not self.keeps_output:
            return adopted
        scale = {"target_mean": theirs.target_mean, "target_std": theirs.target_std}
        return replace(adopted, **scale)

    def check(self, network: Network) -> None:
        """Raise unless something is taken, and all that is held is.

        Raises:
            InputError: all faults at once.
        """
        template = network.initialize(np.random.default_rng(0))
        merge_initial_values(template, self.given)
        faults = Faults()
        paths = [path for tree in template for path in _paths(tree)]
        layers = dict.fromkeys([*network.names, *(".".join(p[:-1]) for p in paths)])
        for place, pattern in enumerate(self.fresh):
            if not any(is_picked(path, [pattern]) for path in paths):
                faults.add(unknown_layer(f"fresh[{place}]", pattern, layers))
        taken = set(self._taken())
        if not taken.intersection(paths):
            rule, name = "a layer is taken from the run", "start_from"
            fix = "No layer of it is in the model. Leave out model to take its layers."
            faults.add(fault(rule, name, self.source.name, fix))
        unlearned = [p for p in paths if is_picked(p, self.freeze) and p not in taken]
        if unlearned and not faults.messages:
            layer = ".".join(unlearned[0][:-1])
            fix = f"Take {layer} out of freeze: it starts with random values."
            rule = "a frozen layer is taken from the run"
            faults.add(fault(rule, "freeze", list(self.freeze), fix))
        faults.raise_if_any()

    def _taken(self) -> Iterator[tuple[str, ...]]:
        for tree in self.given:
            yield from _paths(tree)

    def record(self, network: Network) -> dict[str, Any]:
        """Return what is taken and what is not, as plain values."""
        taken = set(self._taken())
        template = network.initialize(np.random.default_rng(0))
        paths = [path for tree in template for path in _paths(tree)]
        fresh = {path[0] for path in paths if path not in taken}
        whole = {path[0] for path in paths} - fresh
        return {
            "run": self.source.name,
            "path": self.source.path,
            "sha256": self.source.sha256,
            "taken": [name for name in network.names if name in whole],
            "fresh": [name for name in network.names if name in fresh],
            "output": self.output,
        }


def begin_from(source: Source, dataset: Dataset, asked: spec.Experiment) -> Start:
    """Return what a new training on a data set takes from a run."""
    before = source.preparation.task
    keeps, why = False, "asked to start anew"
    if not is_picked([_OUTPUT], asked.fresh):
        keeps, why = _output(before, dataset.task)
    fresh = asked.fresh if keeps else (*asked.fresh, _OUTPUT)
    if asked.own is not None:  # which of its parts is the output, is not known
        fresh, why = asked.fresh, "as asked"

    def kept(tree: Any, path: Sequence[str] = ()) -> Any:
        if not isinstance(tree, dict):
            return tree
        inside = {n: kept(v, (*path, n)) for n, v in tree.items()}
        here = [n for n in inside if not is_picked((*path, n), fresh)]
        return {n: inside[n] for n in here}

    given = InitialValues(kept(source.parameters), kept(source.statistics))
    return Start(source, given, why, keeps, asked.fresh, asked.freeze)


def _output(before: Any, now: Any) -> tuple[bool, str]:
    """Return whether the output layer says the same in both tasks, and why."""
    if before.kind != now.kind:
        return False, f"the task was {before.kind}"
    if len(before.classes) != len(now.classes):
        return False, f"there were {len(before.classes)} classes"
    if before.classes != now.classes:
        return False, "the classes were others"
    if before.kind == "regression" and before.target != now.target:
        return False, f"the target was {before.target}"
    return True, "the task is the same"


def _paths(tree: Any) -> Iterator[tuple[str, ...]]:
    for path, _ in jax.tree_util.tree_leaves_with_path(tree):
        yield tuple(str(getattr(entry, "key", entry)) for entry in path)


def frozen_part(groups: Groups, network: Network) -> dict[str, Any] | None:
    """Return which layers are held, and how many numbers; None where nothing is."""
    if not groups.freeze:
        return None
    parameters, _ = network.initialize(np.random.default_rng(0))
    held = [
        (path, leaf)
        for path, leaf in jax.tree_util.tree_leaves_with_path(parameters)
        if groups.is_frozen(path)
    ]
    names = {str(getattr(path[0], "key", path[0])) for path, _ in held}
    return {
        "patterns": list(groups.freeze),
        "layers": [name for name in network.names if name in names],
        "num_parameters": sum(int(np.size(leaf)) for _, leaf in held),
    }
