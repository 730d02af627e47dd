"""Folders that cannot be written give one message that names them."""

import errno
import os
import sys
from pathlib import Path

import pytest

import assay
from assay import InputError, RunError
from assay.experiment.records._failed_writes import failed_write
from assay.records import without_times

UNWRITABLE = "/sys/assay"
"""A folder that nobody can create, not even root."""


@pytest.mark.skipif(sys.platform != "linux", reason="needs /sys")
@pytest.mark.parametrize("options", [("--out", UNWRITABLE), ("--runs", UNWRITABLE)])
def test_a_folder_that_cannot_be_written_is_named(capsys, options):
    from assay.cli import main

    words = ["train", "iris", "--model", "linear", "--num-epochs", "1", *options]
    assert main(words) == 2
    (message,) = [
        line for line in capsys.readouterr().err.splitlines() if "Cannot" in line
    ]
    assert f"assay: Cannot write to the folder {UNWRITABLE}: " in message
    assert message.endswith("Use another folder, or make this one writable.")


@pytest.mark.parametrize("name", ["data.json", "model.json", "run.json"])
def test_a_run_whose_folder_becomes_read_only_can_be_resumed(
    make_experiment, cells, quick_run, tmp_path, monkeypatch, name
):
    folder, real = tmp_path / "runs" / "quick-1", os.replace

    def replace(source, target):
        if Path(target).name == name:
            raise OSError(errno.EROFS, "Read-only file system")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(RunError) as error:
            make_experiment(cells()).run(out=folder)
    assert str(error.value).startswith("Read-only file system while writing ")
    assert f"{name}. Make the folder writable. To resume" in str(error.value)
    assert not list(folder.rglob("*.tmp"))
    resumed = make_experiment(cells()).run(out=folder, resume=True)
    assert without_times(resumed.summary) == without_times(quick_run.summary)
    assert resumed.test.openings == 1


def test_a_race_on_a_full_disk_can_be_started_again(tmp_path, monkeypatch):
    options = {"optimizers": ["sgd"], "seeds": 1, "epochs": 1, "model": "linear"}
    folder, real = tmp_path / "race", os.replace

    def replace(source, target):
        if Path(target).name == "race.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(RunError) as error:
            assay.race("iris", out=folder, **options)
    assert str(error.value) == (
        f"No space left on device while writing {folder}/race.json. Free some space. "
        "Then start the race again."
    )
    assert [path.name for path in folder.iterdir()] == [".lock"]
    assay.race("iris", out=folder, **options)
    assert (folder / "race.json").exists()


def test_other_errors_have_no_message_of_their_own():
    runs = Path("runs")
    assert failed_write(OSError(errno.ENOENT, "No such file"), runs) is None
    assert failed_write(InputError("The target is missing."), runs) is None
    assert failed_write(None, runs) is None


def test_a_file_of_the_user_that_cannot_be_read_is_no_failed_write():
    error = OSError(errno.EACCES, "Permission denied", "photos/1.png")
    assert failed_write(error, Path("runs")) is None
    assert failed_write(error, None) is None
    assert failed_write(error, Path("photos")) is not None
