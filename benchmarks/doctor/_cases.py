"""Runs the cases of the benchmark one by one and stores the results in a file."""

import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np

from assay import spec
from assay.doctor import (
    Patient,
    References,
    diagnose,
    examine,
    fit_references,
    treat,
)
from benchmarks.doctor._controls import controls
from benchmarks.doctor._fits import Case, case_of, score_on_test
from benchmarks.doctor._plants import DOSES, PLANTS, Recipe, healthy
from benchmarks.doctor._published import RULE_SETS

__all__ = ["Request", "Results", "joined_records", "run_cases"]

_SEEDS_PER_REPAIR = 10  # remedies are tried for every tenth seed only
_KIND = ("plant", "control", "data", "optimizer", "dose")

Record = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """The records of finished cases, stored in a file so the benchmark can be resumed.

    Args:
        path: path of a JSON Lines file.
    """

    path: Path

    def read(self) -> list[Record]:
        """Return all complete records."""
        if not self.path.exists():
            return []
        records = map(_parsed, self.path.read_text().splitlines())
        return [record for record in records if record is not None]

    def add(self, record: Record) -> None:
        """Append a record on a new line, even if the last line is incomplete."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write("\n" + json.dumps(record))


def _parsed(line: str) -> Record | None:
    try:
        return json.loads(line)
    except json.JSONDecodeError:  # the line is empty or incomplete
        return None


@dataclass(frozen=True)
class Request:
    """The cases to run.

    Args:
        seeds: number of seeds per planted fault.
        only: word that the name of a planted fault must contain.
        data: data sets to use; by default, all.
        part: index of this process and number of processes that share the cases.
        seconds: time after which no further cases are started.
    """

    seeds: int
    only: str = ""
    data: tuple[str, ...] = ()
    part: tuple[int, int] = (0, 1)
    seconds: float = math.inf

    def cases(self) -> list[tuple[str, Recipe, Record]]:
        """Return the name, recipe and facts of each case."""
        number, of = self.part
        cases = [
            case
            for case in _cases(self.seeds, self.only)
            if not self.data or case[2]["data"] in self.data
        ]
        # one process runs all seeds of a recipe and compiles the program only once
        groups: dict[tuple[Any, ...], list[tuple[str, Recipe, Record]]] = {}
        for case in cases:
            groups.setdefault(_kind(case[2]), []).append(case)
        # shuffled, so that an interrupted benchmark covers a random sample
        shuffled = [*groups.values()]
        random.Random(0).shuffle(shuffled)
        return [case for group in shuffled[number::of] for case in group]


def _kind(facts: Record) -> tuple[Any, ...]:
    return tuple(value for key, value in facts.items() if key in _KIND)


def joined_records(results: Results, only: str = "") -> list[Record]:
    """Return the records of all cases, including their repairs."""
    return _joined([r for r in results.read() if only in r["plant"]])


def run_cases(results: Results, request: Request) -> None:
    """Run the cases that have no record yet.

    Args:
        results: records of earlier cases.
        request: the cases to run.
    """
    done = {record["case"] for record in results.read()}
    work: list[tuple[str, Callable[[Recipe, Record], Record], Recipe, Record]] = []
    for name, recipe, facts in request.cases():
        work.append((name, _run, recipe, facts))
        if facts.get("mendable") and facts["seed"] % _SEEDS_PER_REPAIR == 0:
            work.append((f"repair {name}", _repair, recipe, facts))
    waiting = [task for task in work if task[0] not in done]
    started = time.monotonic()
    for number, (name, run, recipe, facts) in enumerate(waiting):
        passed = time.monotonic() - started
        if passed > request.seconds:
            return
        if number % 25 == 24:
            left = passed / number * (len(waiting) - number)
            print(f"{number}/{len(waiting)}, {left:.0f} s left", file=sys.stderr)
        if number % 100 == 99:  # many programs would exceed the limit on memory maps
            jax.clear_caches()
        before = time.process_time()
        record = {"case": name, **facts, **run(recipe, facts)}
        results.add(record | {"cpu_seconds": time.process_time() - before})


def _cases(seeds: int, only: str) -> Iterator[tuple[str, Recipe, Record]]:
    for name, dataset, recipe in controls():
        # More seeds are cheap, because the program is compiled only once.
        for seed in range(seeds):
            facts = {"plant": "healthy", "control": name, "data": dataset, "seed": seed}
            if only in "healthy":
                yield f"control {name} {dataset} {seed}", recipe, facts
    for plant in PLANTS:
        if only not in plant.name:
            continue
        for dataset in plant.data:
            for optimizer in plant.optimizers:
                for dose in range(len(DOSES)):
                    recipe = plant.recipes(dataset, optimizer, dose)
                    for seed in range(seeds):
                        facts = {
                            "plant": plant.name,
                            "data": dataset,
                            "optimizer": optimizer,
                            "dose": DOSES[dose],
                            "seed": seed,
                            "expected": list(plant.expected),
                            "refuse": plant.refuse,
                            "mendable": plant.mendable,
                        }
                        name = f"{plant.name} {dataset} {optimizer} {dose} {seed}"
                        yield name, recipe, facts


def _run(recipe: Recipe, facts: Record) -> Record:
    dataset, seed = facts["data"], facts["seed"]
    case = case_of(recipe, dataset, seed)
    fit = case.fit()
    references = _references(case, recipe, dataset, seed)
    evidence = examine(case.patient, fit, references)
    diagnoses = diagnose(evidence)
    record: Record = {
        "score": score_on_test(case.patient, fit, case.arrays),
        "alarms": [d.symptom.code for d in diagnoses if d.serious],
        "advice": [d.symptom.code for d in diagnoses if not d.serious],
        "published": [name for name, fires in RULE_SETS.items() if fires(evidence)],
        "skill": evidence.skill,
        "val_skill": evidence.skill_on_val,
        "reference": _best(references),
    }
    if facts["plant"] != "healthy":
        record["twin"] = _twin_score(dataset, facts["optimizer"], seed, recipe.balanced)
    return record


def _joined(records: Sequence[Record]) -> list[Record]:
    """Merge the record of each repair into the record of its case."""
    start = "repair "
    repairs = {
        r["case"].removeprefix(start): r for r in records if r["case"].startswith(start)
    }
    return [
        repairs[record["case"]] | record if record["case"] in repairs else record
        for record in records
        if not record["case"].startswith(start)
    ]


def _repair(recipe: Recipe, facts: Record) -> Record:
    """Repair a case and try two alternative methods with the same number of fits."""
    dataset, seed = facts["data"], facts["seed"]
    case = case_of(recipe, dataset, seed)
    references = _references(case, recipe, dataset, seed)
    diagnoses = diagnose(examine(case.patient, case.fit(), references))
    treatment = treat(
        case.patient, diagnoses, seed=1000 * (case.seed + 1), references=references
    )
    fits = max(treatment.num_fits, 1)
    record: Record = {
        "kept": [attempt.remedy.name for attempt in treatment.applied],
        "num_fits": treatment.num_fits,
        "mended": None,
    }
    if treatment.applied:
        fit = treatment.patient.fit(case.seed).run()
        record["mended"] = score_on_test(treatment.patient, fit, case.arrays)
    if treatment.num_fits:
        record["reseeded"] = _best_of(case, [case.patient] * fits)
        record["searched"] = _best_of(case, [*_random(case, fits)])
    return record


def _random(case: Case, number: int) -> Iterator[Patient]:
    """Yield settings with random learning rates, penalties and patience."""
    rng = np.random.default_rng((case.seed, 7))
    for _ in range(number):
        training = case.patient.training
        optimizer = training.optimizer
        rate = optimizer.learning_rate * 10 ** rng.uniform(-2, 2)
        yield case.patient.with_training(
            optimizer=optimizer.model_copy(update={"learning_rate": float(rate)}),
            regularizers=(
                spec.L2(float(10 ** rng.uniform(-6, -1))),
                spec.EarlyStopping(int(rng.integers(5, 30))),
            ),
        )


def _best_of(case: Case, patients: Sequence[Patient]) -> float:
    """Return the test score of the fit that has the best val score."""
    best = (np.inf, -np.inf)
    for number, patient in enumerate(patients):
        fit = patient.fit(5000 + number).run()
        cost = fit.program.scores(
            fit.result().model, fit.hyperparameters, patient.data.val.leading
        ).mean()
        error = float(cost) if patient.data.num_classes == 1 else 1 - float(cost)
        if np.isfinite(error) and error < best[0]:
            best = (error, score_on_test(patient, fit, case.arrays))
    return best[1]


_REFERENCES: dict[tuple[Any, ...], References | None] = {}


def _references(
    case: Case, recipe: Recipe, dataset: str, seed: int
) -> References | None:
    if recipe.change is not None:
        return fit_references(case.patient)
    key = dataset, seed, recipe.num_train
    if key not in _REFERENCES:
        _REFERENCES[key] = fit_references(case.patient)
    return _REFERENCES[key]


def _best(references: References | None) -> float | None:
    if references is None:
        return None
    return max(model.val_skill for model in references.models)


@cache
def _twin_score(dataset: str, optimizer: str, seed: int, balanced: bool) -> float:
    recipe = replace(healthy(dataset, optimizer), balanced=balanced)
    case = case_of(recipe, dataset, seed)
    return score_on_test(case.patient, case.fit(), case.arrays)
