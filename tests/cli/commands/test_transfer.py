"""`assay train --start-from RUN` works as a user would type it."""

import json

import pytest

from assay import spec
from assay.cli import COMMANDS
from assay.cli.arguments._experiment_fields import experiment_fields

QUICK = ["--num-epochs", "2", "--trials", "1", "--batch-size", "all"]


def parsed(*words):
    """Return the experiment requested by the arguments of `assay train`."""
    arguments = COMMANDS["train"].parser().parse(list(words))
    return experiment_fields(arguments.source, arguments)


def test_every_way_to_write_it():
    words = ["--start-from", "runs/a", "--freeze", "conv*", "--freeze", "dense1"]
    words += ["--set", 'learning_rate_of."out*"=0.5', "--fresh", "output"]
    found = spec.Experiment(**parsed("iris", *words))
    assert (found.start_from, found.freeze) == ("runs/a", ("conv*", "dense1"))
    assert (found.learning_rate_of, found.fresh) == ({"out*": 0.5}, ("output",))
    table = parsed("iris", "--learning-rate-of", '{"a*" = "log(0.1, 1)", b = 2}')
    factors = spec.Experiment(**table).learning_rate_of
    assert factors == {"a*": spec.Log(0.1, 1), "b": 2.0}


def test_help_stays_within_its_width(command):
    done = command("train", "--help")
    assert "--start-from RUN" in done.out and "--freeze LAYERS" in done.out
    assert max(map(len, done.out.splitlines())) <= 88


@pytest.mark.slow
def test_a_run_starts_from_another_one(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = tmp_path / "net.json"
    net.write_text(json.dumps({"model": [{"kind": "dense", "units": 4}, "tanh"]}))
    assert command("train", "iris", "--model", str(net), *QUICK).code == 0
    done = command(
        "train", "iris", "--start-from", "iris-1", "--freeze", "dense*", *QUICK
    )
    assert done.code == 0
    shown = command("show", "iris-2").out
    assert "start       from iris-1, model " in shown
    assert "frozen: dense1; 20 of 35 parameters" in shown
    done = command("train", "wine", "--start-from", "iris-1", "--fresh", "x", *QUICK)
    assert (done.code, done.out) == (2, "")
    assert "must have all the columns used by the source run iris-1" in done.faults[0]
    done = command(
        "train", "iris", "--start-from", "iris-1", "--freeze", "dens1", *QUICK
    )
    assert (done.code, done.out) == (2, "")
    assert done.faults[0].endswith("Did you mean 'dense1'?")
    assert sorted(path.name for path in (tmp_path / "runs").glob("iris-*")) == [
        "iris-1", "iris-2",
    ]  # fmt: skip
