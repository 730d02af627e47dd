"""A run has a single writer, and a full disk leaves it in a resumable state."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import assay
from assay import InputError, Interrupted, RunError
from assay.records import RunFolder, read_lines, without_times

SOURCE = Path(__file__).parents[3] / "src"

WRITER = """
import sys
from assay.records import RunFolder
lock = RunFolder(sys.argv[1]).lock()
print("locked", flush=True)
sys.stdin.read()
"""


def start(*words, **options):
    """Start a Python process that can import this package."""
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


class Stop(assay.Observer):
    """A recorder that stops a run when a stage begins."""

    def __init__(self, name, error=KeyboardInterrupt):
        self.name, self.error = name, error

    def stage(self, name, detail=""):
        if name == self.name:
            raise self.error


@pytest.fixture
def stopped(make_experiment, tmp_path):
    """The folder of a run that was stopped before its refit."""
    folder = tmp_path / "runs" / "iris-1"
    with pytest.raises(Interrupted):
        make_experiment("iris").run(out=folder, observer=Stop("refit"))
    return folder


def test_the_second_writer_is_told_which_run_and_what_to_do(stopped, capsys):
    from assay.cli import main

    writer = start("-c", WRITER, stopped)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "locked\n"
    half = stopped / ".run.json.7-0.tmp"
    half.write_text("the other writer is busy with this")
    try:
        assert main(["train", "--resume", "--out", str(stopped)]) == 2
        message = capsys.readouterr().err
        assert f"Another process is writing to the run folder {stopped}" in message
        assert f"assay train --resume --out {stopped}" in message
        with pytest.raises(
            InputError, match="Another process is writing to the run folder"
        ):
            assay.Experiment().run(out=stopped, resume=True)
        assert half.exists()
    finally:
        writer.kill()
        writer.communicate()
    # the process released the lock when it ended, although the file still exists
    assert (stopped / ".lock").exists()
    assert assay.Experiment().run(out=stopped, resume=True).test.openings == 1
    assert not half.exists()


def test_a_new_run_is_locked_too(make_experiment, tmp_path):
    folder = tmp_path / "iris-1"

    class Second(assay.Observer):
        def stage(self, name, detail=""):
            if name == "tune":
                with pytest.raises(
                    InputError, match="Another process is writing to the run folder"
                ):
                    assay.Experiment().run(out=folder, resume=True)

    run = make_experiment("iris").run(out=folder, observer=Second())
    assert run.test.openings == 1


def test_a_race_has_one_writer_too(tmp_path):
    folder = tmp_path / "iris"
    options = {"optimizers": ["sgd"], "seeds": 1, "epochs": 1, "model": "linear"}

    class Second(assay.Observer):
        def stage(self, name, detail=""):
            if name == "race":
                with pytest.raises(InputError) as error:
                    assay.race("iris", out=folder, **options)
                assert str(error.value) == (
                    f"Another process is writing to the race folder {folder}. Use "
                    "another folder."
                )

    assay.race("iris", out=folder, observer=Second(), **options)
    assert (folder / "race.json").exists()
    RunFolder(folder).lock("race").release()
    with pytest.raises(RunError, match="is not empty"):
        assay.race("iris", out=folder, **options)


def test_a_failed_resume_gives_the_lock_back(stopped, make_experiment):
    with pytest.raises(InputError, match="was started on different data"):
        (stopped / "data.json").write_text('{"fingerprint": "other"}')
        assay.Experiment().run(out=stopped, resume=True)
    (stopped / "experiment.toml").write_text("speed = 3")
    with pytest.raises(InputError, match="speed"):
        assay.Experiment().run(out=stopped, resume=True)
    RunFolder(stopped).lock().release()


@pytest.mark.slow
def test_two_processes_resume_one_run(stopped):
    words = ["-m", "assay", "train", "--resume", "--out", stopped]
    processes = [start(*words) for _ in range(2)]
    errors = [process.communicate()[1] for process in processes]
    codes = sorted(process.returncode for process in processes)
    # after the first process finishes, the second one may start and shows the result
    assert codes in ([0, 2], [0, 0]), errors
    for ledger in (stopped / "ledger.jsonl", stopped.parent / "ledger.jsonl"):
        assert len(read_lines(ledger)) == 1
    assert json.loads((stopped / "run.json").read_text())["test"]["openings"] == 1


def test_a_full_disk_stops_a_run_that_can_be_resumed(
    make_experiment, cells, tmp_path, monkeypatch
):
    experiment, folder = make_experiment(cells()), tmp_path / "runs" / "cells-1"
    whole = experiment.run(out=tmp_path / "other" / "cells-1")
    real = os.replace

    def replace(source, target):
        if Path(target).name == "model.json":
            raise OSError(28, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(RunError) as error:
            experiment.run(out=folder)
    assert str(error.value) == (
        f"No space left on device while writing {folder}/model/model.json. Free some "
        "space. To resume the run, use: "
        f"Experiment(data=...).run(out={str(folder)!r}, resume=True)"
    )
    assert not list(folder.rglob("*.tmp"))
    resumed = experiment.run(out=folder, resume=True)
    assert without_times(resumed.summary) == without_times(whole.summary)


LIMITED = """
import resource, sys
from assay.cli import main
limit = int(sys.argv[1])  # bytes of a file, as on a disk that is almost full
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        (800, r"File too large while writing \S+/iris-1/data\.json"),
        (50_000, r"(No space left on device|Disk I/O error) while writing study\.db"),
    ],
)
def test_a_file_that_cannot_be_written_is_named(tmp_path, limit, reason):
    folder = tmp_path / "iris-1"
    words = ["train", "iris", "--out", folder, "--trials", "1", "--model", "linear"]
    process = start("-c", LIMITED, limit, *words)
    message = process.communicate()[1]
    assert process.returncode == 2
    assert re.search(rf"^assay: {reason}\. Free some space\. ", message, re.MULTILINE)
    assert f"To resume the run, use: assay train --resume --out {folder}\n" in message
    assert "Traceback" not in message
    assert not list(folder.rglob("*.tmp"))


@pytest.fixture
def tiny_disk(tmp_path):
    """A function that mounts a disk of some kilobytes, which only root may do."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mount(kilobytes):
        words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk]
        if shutil.which("mount") is None or subprocess.run(words).returncode != 0:
            pytest.skip("may not mount a disk")
        return disk

    yield mount
    if os.path.ismount(disk):
        subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
def test_a_full_disk_is_one_message_and_nothing_is_half_written(tiny_disk):
    disk = tiny_disk(128)
    words = ["train", "iris", "--runs", disk, "--trials", "1", "--model", "linear"]
    process = start("-m", "assay", *words)
    message = process.communicate()[1]
    assert process.returncode == 2, message
    assert message.count("No space left on device") == 1
    assert "Free some space." in message and "Traceback" not in message
    assert not list(disk.rglob("*.tmp"))
    assert not (disk / "iris-1" / "run.json").exists()


def test_a_folder_that_is_removed_during_a_run_is_named(
    make_experiment, cells, tmp_path
):
    folder = tmp_path / "runs" / "cells-1"

    class Remover(assay.Observer):
        def stage(self, name, detail=""):
            while name == "refit" and folder.exists():  # the live log is still written
                shutil.rmtree(folder, ignore_errors=True)

    with pytest.raises(RunError) as error:
        make_experiment(cells()).run(out=folder, observer=Remover())
    assert error.value.exit_code == 2
    assert str(error.value) == (
        f"The folder {folder} was removed while it was being written. Start again "
        "without removing it."
    )
    assert not folder.exists()


def test_a_link_to_nowhere_is_named(make_experiment, tmp_path, capsys):
    from assay.cli import main

    link = tmp_path / "link"
    link.symlink_to(tmp_path / "gone")
    assert main(["train", "iris", "--out", str(link)]) == 2
    message = capsys.readouterr().err
    target = str(tmp_path / "gone")
    assert f"--out {str(link)!r} is a link to {target!r}, which does not" in message
    with pytest.raises(RunError, match="is a link to .*gone, which does not exist"):
        make_experiment("iris").run(out=link)
    assert not (tmp_path / "gone").exists()
    (tmp_path / "gone").mkdir()
    assert make_experiment("iris").run(out=link).folder.exists("run.json")
