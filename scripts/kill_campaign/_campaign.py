"""The runs of a campaign. Each is killed, examined, resumed and compared."""

import csv
import importlib
import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

from scripts.kill_campaign._checks import differences, unreadable
from scripts.kill_campaign._moments import (
    Moment,
    Profile,
    draw,
    names_of,
    one_of_each_phase,
)
from scripts.kill_campaign._processes import Ended, call, command

__all__ = ["Campaign"]

_IMPORTED = ("assay.cli", "assay.experiment._experiment", "assay.lab.runs._list")
_IMPORTED += ("sklearn.linear_model",)
_EXPERIMENT = """\
target = "kind"
seed = 7
batch_size = 24
num_epochs = 2
members = 2
model = [
    {kind = "dense", units = 4},
    {kind = "relu"},
    {kind = "dropout", rate = "uniform(0.0, 0.5)"},
]
optimizer = {kind = "adam", learning_rate = "log(1e-3, 1e-1)"}
tune = {num_trials = 4, group_size = 2}
"""


class Campaign:
    """A folder that contains an uninterrupted run and the runs that are killed.

    Args:
        folder: existing folder of the campaign.
        timed: whether runs may also be killed after a given time, which requires a
            second uninterrupted run.
    """

    def __init__(self, folder: Path, *, timed: bool = True) -> None:
        # Forked processes do not have to import modules that this process has imported.
        for name in _IMPORTED:
            importlib.import_module(name)
        self._folder = folder
        self._experiment = folder / "cells.toml"
        self._whole = folder / ("whole" if timed else "whole-untimed")
        self._timed = timed
        self._write_experiment()
        self._profile = self._known_profile() or self._run_whole()

    def plan(self, count: int, *, seed: int) -> list[list[Moment]]:
        """Return the moments for the runs of a full campaign."""
        return [draw(self._profile, seed=seed, number=n) for n in range(count)]

    def phases(self) -> list[list[Moment]]:
        """Return the moments for a short campaign."""
        return one_of_each_phase(self._profile)

    def run(self, number: int, moments: list[Moment]) -> dict[str, Any]:
        """Kill a run at its moments, resume it, and return the results.

        The folder of the run is deleted unless it has faults.
        """
        folder = self._folder / f"run-{number}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        started, kills, faults = time.monotonic(), 0, []
        for moment in moments:
            ended = command(self._words(folder), folder, moment)
            kills += ended.code is None
            faults += _faults_of_ending(ended, killed=True)
            faults += self._check(folder, lambda: unreadable(folder / "runs"))
        ended = command(self._words(folder), folder)
        faults += _faults_of_ending(ended, killed=False)
        if not faults:
            run = folder / "runs" / "cells-1"
            whole = self._whole / "runs" / "cells-1"
            faults += self._check(folder, lambda: differences(whole, run))
        if not faults:
            shutil.rmtree(folder)
        words = [str(moment) for moment in moments]
        seconds = time.monotonic() - started
        return {"moments": words, "kills": kills, "seconds": seconds, "faults": faults}

    def _words(self, folder: Path) -> list[str]:
        """Return the command that starts or resumes the run in a folder."""
        out = folder / "runs" / "cells-1"
        if (out / "experiment.toml").exists():
            return ["train", "--resume", "--out", str(out)]
        return ["train", str(self._experiment), "--out", str(out)]

    def _check(self, folder: Path, check: Any) -> list[str]:
        """Call a check in a separate process, because checks use JAX."""
        found = folder / "faults.json"

        def run() -> int:
            found.write_text(json.dumps(check()))
            return 0

        ended = call(run, folder)
        return json.loads(found.read_text()) if ended.code == 0 else [ended.output]

    def _write_experiment(self) -> None:
        source = random.Random(0)
        with open(self._folder / "cells.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["size", "age", "color", "kind"])
            for row in range(60):
                size = round(source.gauss(10, 3), 2)
                kind = "malign" if size + source.gauss(0, 1) > 10 else "benign"
                color = ("red", "green", "blue")[row % 3]
                cells = [size if row % 11 else "", source.randint(1, 89), color, kind]
                writer.writerow(cells)
        data = f'data = "{self._folder / "cells.csv"}"\n'
        self._experiment.write_text(data + _EXPERIMENT)

    def _known_profile(self) -> Profile | None:
        """Return the profile that an interrupted campaign has stored, if any."""
        path = self._whole / "profile.json"
        if not path.exists():
            return None
        fields = json.loads(path.read_text())
        return Profile(**fields | {"records": tuple(fields["records"])})

    def _run_whole(self) -> Profile:
        """Complete the uninterrupted run, twice if times are used as moments."""
        for _ in range(1 + self._timed):
            shutil.rmtree(self._whole, ignore_errors=True)
            self._whole.mkdir()
            ended = command(self._words(self._whole), self._whole)
            if ended.code != 0:
                raise SystemExit(f"The uninterrupted run failed:\n{ended.output}")
        events = self._whole / "runs" / "cells-1" / "events.jsonl"
        records = [json.loads(line) for line in events.read_text().splitlines()]
        profile = Profile(ended.operations, names_of(records), ended.seconds)
        (self._whole / "profile.json").write_text(json.dumps(vars(profile)))
        return profile


def _faults_of_ending(ended: Ended, *, killed: bool) -> list[str]:
    """Return a fault if a process failed without being killed."""
    allowed = (0, None) if killed else (0,)
    if ended.code in allowed:
        return []
    return [f"exit code {ended.code}: {ended.output.strip()[-2000:]}"]
