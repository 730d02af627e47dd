"""A run that was stopped: its folder can be read, and it goes on to the same end."""

import json

import pytest

import assay
from assay import InputError, Interrupted, RunError, spec
from assay.evaluate import Seal
from assay.records import RunFolder, without_times

MODEL = "model/parameters.safetensors"


class Stopping(assay.Observer):
    """Presses Ctrl-C at a moment: a stage, a finding, or so many trials."""

    def __init__(self, moment):
        self.moment = moment

    def stage(self, name, detail=""):
        self._stop_at(name)

    def progress(self, done, total, text=""):
        self._stop_at(done)

    def finding(self, finding):
        self._stop_at("finding")

    def _stop_at(self, moment):
        if moment == self.moment:
            raise KeyboardInterrupt


def stopped(asked, moment, folder):
    """Run until Ctrl-C is pressed; return what the user is told."""
    with pytest.raises(Interrupted) as caught:
        asked.run(out=folder, observer=Stopping(moment))
    return str(caught.value)


@pytest.mark.parametrize("moment", ["finding", "tune", 1, 2, 3, "refit", "test"])
def test_goes_on_to_the_same_result(ask, cells, searched, cells_run, tmp_path, moment):
    asked = ask(cells(), **searched)
    folder = RunFolder(tmp_path / "runs" / "cells-1")
    told = stopped(asked, moment, folder.path)
    assert told.startswith(f"interrupted; {folder.path} holds what was done. Go on wi")
    assert folder.events("note")[-1]["message"] == "interrupted"
    assert not folder.exists("run.json")
    assert not folder.exists("ledger.jsonl")
    with pytest.raises(RunError, match="the run stopped before writing it"):
        assay.load(folder.path).summary  # noqa: B018
    assert asked.run(out=folder.path, resume=True).path == folder.path
    assert without_times(folder.summary()) == without_times(cells_run.summary)
    assert folder.summary()["test"]["openings"] == 1
    assert folder.read_bytes(MODEL) == cells_run.folder.read_bytes(MODEL)


def test_what_is_told_can_be_pasted(ask, cells, tmp_path):
    cells().write_csv(tmp_path / "cells.csv")
    from_file = ask(str(tmp_path / "cells.csv"), target="kind")
    told = stopped(from_file, "tune", tmp_path / "a")
    assert told.endswith(f"Go on with: assay train --resume --out {tmp_path / 'a'}")
    told = stopped(ask(cells()), "tune", tmp_path / "b")
    place = str(tmp_path / "b")
    assert told.endswith(f"Experiment(data=...).run(out={place!r}, resume=True)")


def test_a_run_on_a_file_needs_nothing_but_its_folder(ask, cells, tmp_path):
    cells().write_csv(tmp_path / "cells.csv")
    asked = ask(str(tmp_path / "cells.csv"), target="kind", seed=5)
    whole = asked.run(out=tmp_path / "runs" / "whole")
    stopped(asked, "refit", tmp_path / "cut" / "whole")
    again = assay.Experiment().run(out=tmp_path / "cut" / "whole", resume=True)
    assert without_times(again.summary) == without_times(whole.summary)


def test_a_finished_run_is_not_opened_again(cells_run, ask, monkeypatch):
    def refuse(self, **who):
        raise AssertionError("the seal was opened again")

    monkeypatch.setattr(Seal, "open", refuse)
    before = {p: p.read_bytes() for p in cells_run.path.rglob("*") if p.is_file()}
    again = ask("iris").run(out=cells_run.path, resume=True)
    assert again.summary == cells_run.summary
    after = {p: p.read_bytes() for p in cells_run.path.rglob("*") if p.is_file()}
    assert after == before


def test_a_stop_after_the_opening_is_counted_with_the_next(
    ask, cells, tmp_path, monkeypatch
):
    """The seal was opened twice, and the result says so."""
    asked, folder = ask(cells()), tmp_path / "runs" / "cells-1"

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("assay.experiment._protocol.summarize", interrupt)
        with pytest.raises(Interrupted):
            asked.run(out=folder)
    assert asked.run(out=folder, resume=True).test.openings == 2


def test_data_given_in_python_are_needed_again(ask, cells, tmp_path):
    stopped(ask(cells()), "refit", tmp_path / "a")
    with pytest.raises(InputError, match=r"was run on data given in Python. Go on wi"):
        assay.Experiment().run(out=tmp_path / "a", resume=True)


def test_other_data_are_refused(ask, cells, tmp_path):
    frame = cells()
    stopped(ask(frame), "refit", tmp_path / "a")
    other = frame.with_columns(age=frame["age"] + 1)
    with pytest.raises(
        InputError, match=r"`the data are the same` must hold, .* begun"
    ):
        ask(other).run(out=tmp_path / "a", resume=True)
    assert ask(frame).run(out=tmp_path / "a", resume=True).folder.exists("run.json")


def test_there_must_be_a_run_to_go_on_with(ask, cells, tmp_path):
    with pytest.raises(RunError, match="does not contain a run to continue"):
        ask(cells()).run(out=tmp_path / "none", resume=True)
    with pytest.raises(InputError, match="resume needs the folder of a run"):
        ask(cells()).run(resume=True)
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_written_over(cells_run, ask, cells):
    before = json.loads((cells_run.path / "run.json").read_text())
    with pytest.raises(RunError, match="already contains a run"):
        ask(cells()).run(out=cells_run.path)
    assert json.loads((cells_run.path / "run.json").read_text()) == before


def test_each_run_gets_the_next_folder(quickly, cells):
    asked = {"model": "linear", "tune": spec.Tune(num_trials=1)}
    names = [quickly(cells(), **asked).folder.name for _ in range(2)]
    assert names[1].rsplit("-")[-1] == "2"
    assert names[0].rsplit("-")[-1] == "1"
