"""A stopped run has a readable folder and resumes to the same result."""

import json
import shlex
import time
import tomllib

import pytest

import assay
from assay import InputError, Interrupted, RunError
from assay.records import RunFolder, Seal, without_times

MODEL = "model/parameters.safetensors"


class Stopping(assay.Observer):
    """A recorder that presses Ctrl-C at a stage, a finding or a number of trials."""

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


def stop(experiment, moment, folder):
    """Run until Ctrl-C is pressed, and return the message to the user."""
    with pytest.raises(Interrupted) as caught:
        experiment.run(out=folder, observer=Stopping(moment))
    return str(caught.value)


def assert_same_run(folder, whole):
    """Check that two runs left the same files, apart from times."""
    assert without_times(folder.summary()) == without_times(whole.summary)
    tables = [f"{part}.parquet" for part in ("iterations", "epochs", "monitors")]
    for name in (MODEL, *tables):
        assert folder.read_bytes(name) == whole.folder.read_bytes(name), name
    assert not folder.exists("checkpoints")


UNDER_WAY = ["trial-1", "trial-2", "part-3-trial-2", "refit"]
"""Names of trainings: of each group of trials, of a fold, and the last."""


@pytest.mark.parametrize("name", UNDER_WAY)
def test_a_killed_run_continues_within_the_training(
    make_experiment, cells, searched, cells_run, tmp_path, kill, restored, name
):
    experiment = make_experiment(cells(), **searched)
    folder = RunFolder(tmp_path / "runs" / "cells-1")
    with kill(name, after_saves=5) as killed, pytest.raises(killed):
        experiment.run(out=folder.path)
    restored.clear()
    experiment.run(out=folder.path, resume=True)
    assert restored[name] == 5
    assert_same_run(folder, cells_run)


@pytest.mark.parametrize("name", UNDER_WAY)
def test_ctrl_c_saves_the_training_under_way(
    make_experiment, cells, searched, cells_run, tmp_path, press_ctrl_c, restored, name
):
    experiment = make_experiment(cells(), **searched)
    folder = RunFolder(tmp_path / "runs" / "cells-1")
    with press_ctrl_c(name, at=4), pytest.raises(Interrupted, match="To resume, use: "):
        experiment.run(out=folder.path)
    restored.clear()
    experiment.run(out=folder.path, resume=True)
    assert restored[name] == 5
    assert_same_run(folder, cells_run)


@pytest.mark.parametrize("moment", ["finding", "tune", 1, 2, 3, "refit", "test"])
def test_a_stopped_run_is_resumed_to_the_same_result(
    make_experiment, cells, searched, cells_run, tmp_path, moment
):
    experiment = make_experiment(cells(), **searched)
    folder = RunFolder(tmp_path / "runs" / "cells-1")
    message = stop(experiment, moment, folder.path)
    beginning = f"interrupted. The results so far are in {folder.path}. To resume, use"
    assert message.startswith(f"{beginning}: ")
    assert folder.events("note")[-1]["message"] == "interrupted"
    assert not folder.exists("run.json")
    assert not folder.exists("ledger.jsonl")
    with pytest.raises(RunError, match="the run stopped before writing the file"):
        assay.load(folder.path).summary  # noqa: B018
    assert experiment.run(out=folder.path, resume=True).path == folder.path
    assert_same_run(folder, cells_run)
    assert folder.summary()["test"]["openings"] == 1


def test_the_resume_command_can_be_pasted(make_experiment, cells, tmp_path):
    cells().write_csv(tmp_path / "cells.csv")
    from_file = make_experiment(str(tmp_path / "cells.csv"), target="kind")
    folder = tmp_path / "my first run"
    message = stop(from_file, "tune", folder)
    words = shlex.split(message.partition("To resume, use: ")[2])
    assert words == ["assay", "train", "--resume", "--out", str(folder)]
    message = stop(make_experiment(cells()), "tune", tmp_path / "b")
    path = str(tmp_path / "b")
    assert message.endswith(f"Experiment(data=...).run(out={path!r}, resume=True)")


def test_a_run_on_a_file_needs_nothing_but_its_folder(make_experiment, cells, tmp_path):
    cells().write_csv(tmp_path / "cells.csv")
    experiment = make_experiment(str(tmp_path / "cells.csv"), target="kind", seed=5)
    whole = experiment.run(out=tmp_path / "runs" / "whole")
    stop(experiment, "refit", tmp_path / "cut" / "whole")
    again = assay.Experiment().run(out=tmp_path / "cut" / "whole", resume=True)
    assert without_times(again.summary) == without_times(whole.summary)


def test_a_run_on_a_relative_path_is_resumed_from_any_folder(
    make_experiment, cells, tmp_path, monkeypatch
):
    for folder, frame in (("here", cells()), ("there", cells(50))):
        (tmp_path / folder).mkdir()
        frame.write_csv(tmp_path / folder / "cells.csv")
    monkeypatch.chdir(tmp_path / "here")
    stop(make_experiment("cells.csv", target="kind"), "refit", "runs/cells-1")
    folder = RunFolder(tmp_path / "here" / "runs" / "cells-1")
    paths = folder.read_json("resolved.json")["paths"]
    assert paths == {"data": str(tmp_path / "here" / "cells.csv")}
    monkeypatch.chdir(tmp_path / "there")
    run = assay.Experiment().run(out=folder.path, resume=True)
    assert run.summary["data"]["num_examples"] == len(cells())
    assert tomllib.loads(folder.read_text("experiment.toml"))["data"] == "cells.csv"


def test_a_run_that_was_copied_reads_the_path_as_written(
    make_experiment, cells, tmp_path, monkeypatch
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    cells().write_csv("cells.csv")
    stop(make_experiment("cells.csv", target="kind"), "refit", "runs/cells-1")
    (tmp_path / "here").rename(tmp_path / "there")
    monkeypatch.chdir(tmp_path / "there")
    run = assay.Experiment().run(out="runs/cells-1", resume=True)
    assert run.summary["data"]["source"] == "cells.csv"


def test_a_finished_run_is_not_opened_again(cells_run, make_experiment, monkeypatch):
    def refuse(self, **who):
        raise AssertionError("the seal was opened again")

    monkeypatch.setattr(Seal, "open", refuse)
    before = {p: p.read_bytes() for p in cells_run.path.rglob("*") if p.is_file()}
    again = make_experiment("iris").run(out=cells_run.path, resume=True)
    assert again.summary == cells_run.summary
    (cells_run.path / "report.html").unlink()  # lost if the process was killed then
    (cells_run.path / ".report.html.7-0.tmp").write_text("<ht")
    make_experiment("iris").run(out=cells_run.path, resume=True)
    after = {p: p.read_bytes() for p in cells_run.path.rglob("*") if p.is_file()}
    assert after == before


@pytest.mark.parametrize("clock_seconds", [0, -86_400])
def test_a_run_stopped_after_the_opening_is_counted_once(
    make_experiment, cells, tmp_path, monkeypatch, clock_seconds
):
    """A resumed run gives the same result, so it counts as the same opening.

    The clock may have been set back in the meantime.
    """
    experiment, folder = make_experiment(cells()), tmp_path / "runs" / "cells-1"

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("assay.experiment._protocol.summarize", interrupt)
        with pytest.raises(Interrupted):
            experiment.run(out=folder)
    before = (tmp_path / "runs" / "ledger.jsonl").read_bytes()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + clock_seconds)
    assert experiment.run(out=folder, resume=True).test.openings == 1
    assert (tmp_path / "runs" / "ledger.jsonl").read_bytes() == before


def test_a_finished_run_without_its_summary_is_repeated_and_counted_once(
    make_experiment, cells, tmp_path
):
    experiment, path = make_experiment(cells()), tmp_path / "runs" / "cells-1"
    whole = experiment.run(out=path)
    result, notes = whole.test, []
    (path / "run.json").unlink()
    observer = Stopping(None)
    observer.note = notes.append
    again = experiment.run(out=path, resume=True, observer=observer)
    assert again.test == result
    assert notes[0].startswith("run.json, which contains the result, is missing")


def test_data_passed_in_python_are_needed_again(make_experiment, cells, tmp_path):
    stop(make_experiment(cells()), "refit", tmp_path / "a")
    with pytest.raises(InputError, match=r"used data passed in Python\. To resume"):
        assay.Experiment().run(out=tmp_path / "a", resume=True)


def test_other_data_are_refused(make_experiment, cells, tmp_path):
    frame = cells()
    stop(make_experiment(frame), "refit", tmp_path / "a")
    other = frame.with_columns(age=frame["age"] + 1)
    with pytest.raises(InputError, match=r"started on different data \(fingerprint"):
        make_experiment(other).run(out=tmp_path / "a", resume=True)
    assert (
        make_experiment(frame)
        .run(out=tmp_path / "a", resume=True)
        .folder.exists("run.json")
    )


def test_data_that_were_removed_are_named(make_experiment, cells, tmp_path, capsys):
    from assay.cli import main

    cells().write_csv(tmp_path / "cells.csv")
    experiment = make_experiment(str(tmp_path / "cells.csv"), target="kind")
    stop(experiment, "refit", tmp_path / "a")
    before = {p: p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    (tmp_path / "cells.csv").unlink()
    assert main(["train", "--resume", "--out", str(tmp_path / "a")]) == 2
    message = capsys.readouterr().err
    assert "cells.csv'. No file has this name." in message
    assert "Traceback" not in message
    after = {p: p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    assert after == before
    cells(50).write_csv(tmp_path / "cells.csv")
    assert main(["train", "--resume", "--out", str(tmp_path / "a")]) == 2
    assert "was started on different data" in capsys.readouterr().err


def test_there_must_be_a_run_to_resume(make_experiment, cells, tmp_path):
    with pytest.raises(RunError, match="does not contain a run to continue"):
        make_experiment(cells()).run(out=tmp_path / "none", resume=True)
    with pytest.raises(InputError, match="resume requires the folder of a run"):
        make_experiment(cells()).run(resume=True)
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_written_over(cells_run, make_experiment, cells):
    before = json.loads((cells_run.path / "run.json").read_text())
    with pytest.raises(RunError, match="already contains a run"):
        make_experiment(cells()).run(out=cells_run.path)
    assert json.loads((cells_run.path / "run.json").read_text()) == before


def test_each_run_gets_the_next_folder(run_quickly, cells):
    names = [run_quickly(cells()).folder.name for _ in range(2)]
    assert [name.rpartition("-")[2] for name in names] == ["1", "2"]
