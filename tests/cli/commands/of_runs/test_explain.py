"""`assay explain` explains one number of a trained model and rejects bad requests."""

import json

import numpy as np
import pytest

from assay import data
from assay.experiment import load
from assay.records import RunFolder


@pytest.fixture(scope="module")
def parts(iris):
    return RunFolder(iris).read_npz("split.npz")


def test_without_a_layer_the_layers_are_listed(command, iris, parts):
    done = command("explain", iris)
    first = parts["train"].min()
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"iris-1 · row {first} of train\n"
        "layer   kind   input  output\n"
        "output  dense  4      3\n"
    )
    found = json.loads(command("explain", iris, "--json").out)
    assert (found["row"], found["part"]) == (first, "train")
    assert [layer["name"] for layer in found["layers"]] == ["output"]


def test_a_number_is_told_as_a_worked_example(command, iris, parts):
    row = str(parts["val"][0])
    words = ["explain", iris, "--row", row, "--layer", "output", "--at", "1"]
    done = command(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"output · dense · y[1] of row {row}\n  4 → 3\n")
    assert " + b" in done.out
    assert " with b = " in done.out
    found = json.loads(command(*words, "--json").out)
    assert len(found["terms"]) == 5
    total = sum(term["value"] for term in found["terms"])
    assert total == pytest.approx(found["value"], abs=1e-6)
    assert found["part"] == "val"


def test_numbers_are_those_the_model_predicts_by(command, iris, parts):
    row = int(parts["train"][0])
    found = [
        json.loads(
            command(
                "explain", iris, "--row", row, "--layer", "output", "--at", k, "--json"
            ).out
        )["value"]
        for k in range(3)
    ]
    powers = np.exp(found)
    wanted = load(iris).model.predict(data.load("iris"), rows=np.array([row]))[0]
    np.testing.assert_allclose(powers / powers.sum(), wanted, rtol=1e-5)
    largest = command("explain", iris, "--row", row, "--layer", "output").out
    assert f"y[{int(np.argmax(found))}] of row {row}" in largest


def test_sealed_rows_are_refused(command, iris, parts):
    for row in parts["test"][:2]:
        done = command("explain", iris, "--row", row, "--layer", "output")
        assert (done.code, done.out) == (2, "")
        (fault,) = done.faults
        assert fault.startswith(
            f"Row {row} is in the sealed test set, so it cannot be explained. Use a "
            "row of train or val"
        )


def test_what_is_not_there_or_not_understood(command, iris):
    for words, told in [
        (["--row", "150"], "The data have no row 150."),
        (["--layer", "outptu"], "The layers are output. Did you mean 'output'?"),
        (["--layer", "output", "--at", "3"], "write 1 number from 0 to 2."),
        (
            ["--layer", "output", "--at", "0,1"],
            "The layer 'output' has no output at position 0,1.",
        ),
        (["--layer", "output", "--at", "x"], "For example: --at 0,4,2"),
        (["--row", "-1"], "Use a whole number, such as --row 3."),
        (["--member", "1"], "The model has no member 1. It has only member 0."),
        (["--member", "x"], "Use a whole number, such as --member 3."),
        (["--at", "0"], "--at requires --layer."),
    ]:
        done = command("explain", iris, *words)
        assert (done.code, done.out, len(done.faults)) == (2, "", 1)
        assert told in done.faults[0]
    done = command("explain", iris, "--row", "first", "--at", "?")
    assert len(done.faults) == 3
    assert command("explain", "nowhere").code == 2
