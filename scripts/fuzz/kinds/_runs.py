"""Run folders and the models in them."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.fuzz._mutate import changed_bytes, changed_value
from scripts.fuzz.kinds._kind import Kind

__all__ = ["RUNS", "small_run"]

_MODEL = ("model/model.json", "model/parameters.safetensors")
_TOKENS = (b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"NaN", b"1e999", b"\n")
_TOKENS += (b"PAR1", b"PK\x03\x04", b"\x93NUMPY", b"[" * 300, b"9" * 400, b"\\ud800")
_TOKENS += (b"true", b"-1", b'"kind"', b'"finding"', b"\xff", b"\x00" * 8)


def small_run(folder: Path) -> Path:
    """Return the folder of a small run. The run is trained once for all workers."""
    run = folder.parent / "trained" / "iris-1"
    if not (run / "report.html").exists():
        shutil.rmtree(run, ignore_errors=True)
        words = ["train", "iris", "--model", "linear", "--num-epochs", "3"]
        words += ["--trials", "2", "--out", str(run)]
        command = [sys.executable, "-m", "assay", *words]
        subprocess.run(command, check=True, capture_output=True)
    return run


class _Folder(Kind):
    """A run folder with one damaged file."""

    names: tuple[str, ...]
    modules = ("assay.experiment._experiment", "assay.report")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        run = small_run(folder)
        self._run = folder / "runs" / run.name
        if self._run.exists():  # left by a worker that has ended
            shutil.rmtree(self._run)
        shutil.copytree(run, self._run)
        self._contents = {name: (run / name).read_bytes() for name in self.names}

    def draw(self, source: random.Random) -> tuple[str, bytes]:
        """Draw a file name and its new contents."""
        name = source.choice(self.names)
        data = self._contents[name]
        if name.endswith(".json") and source.random() < 0.7:
            return name, self._changed_json(json.loads(data), source)
        others = [*self._contents.values()]
        return name, changed_bytes(data, source, others=others, tokens=_TOKENS)

    def _changed_json(self, value: Any, source: random.Random) -> bytes:
        # Remove the hash, because loading would fail if it were wrong.
        value.pop("sha256", None)
        for _ in range(source.randint(1, 3)):
            value = changed_value(value, source)
        return json.dumps(value).encode("utf-8", "surrogatepass")

    def read(self, drawn: tuple[str, bytes]) -> None:
        """Read the folder, then restore the file."""
        name, data = drawn
        path = self._run / name
        path.write_bytes(data)
        try:
            self.read_folder(self._run)
        finally:
            path.write_bytes(self._contents[name])

    def read_folder(self, run: Path) -> None:
        """Read the parts of the run that are being tested."""
        raise NotImplementedError

    def content(self, drawn: tuple[str, bytes]) -> bytes:
        """Return the name of the file and its contents."""
        return drawn[0].encode() + b"\n" + drawn[1]


class Run(_Folder):
    """The records of a run."""

    name, share = "run", 0.05
    names = ("run.json", "data.json", "resolved.json", "split.npz", "events.jsonl")
    names += ("epochs.parquet", "iterations.parquet", "monitors.parquet")
    names += ("ledger.jsonl", "test_predictions.parquet", "experiment.toml")

    def read_folder(self, run: Path) -> None:
        """Read the records in the same ways as the report, the lab and a resumed run.

        If one reader rejects the run, the others are still tested.
        """
        from assay import AssayError
        from assay.experiment import load
        from assay.lab.runs._folder import set_root
        from assay.lab.runs._list import list_runs
        from assay.lab.trained._compare import compare
        from assay.lab.trained._detail import detail
        from assay.records import Ledger
        from assay.report import write_report

        set_root(run.parent)
        loaded = load(run)
        readers = (
            *(lambda: repr(loaded), lambda: loaded.test, lambda: loaded.findings),
            *(list_runs, loaded.folder.events, lambda: write_report(loaded.folder)),
            *(lambda: detail(run.name), lambda: compare([run.name, run.name])),
            lambda: Ledger(run / "ledger.jsonl").openings("f", "t"),
        )
        for read in readers:
            try:
                read()
            except AssayError:
                pass


class Model(_Folder):
    """The files of a model."""

    name, share = "model", 0.03
    names = _MODEL

    def read_folder(self, run: Path) -> None:
        """Load the model and make a prediction for one row."""
        from assay.experiment import load

        model = load(run).model
        row = {name: [1.0] for name in model.preparation.columns}
        model.predict_frame(row)
        model.check(row)


RUNS = (Run, Model)
