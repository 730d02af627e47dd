"""A run is exported to files, which are complete or absent."""

import hashlib
import json

import numpy as np
import pytest
from flax import nnx
from safetensors.numpy import load_file

import assay
from assay.exporting import FORMS


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_to_the_folder_of_the_run(run, form):
    if form == "onnx":
        pytest.importorskip("onnx")
    path = assay.export(run, to=form, replace=True)
    endings = FORMS[form].endings
    assert path == run.path / "export" / f"iris-1{endings[0]}"
    for ending in endings:
        assert path.with_suffix(ending).stat().st_size > 100
    assert not list(path.parent.glob("*.tmp"))


def test_a_run_can_be_given_by_its_folder(run, tmp_path):
    path = assay.export(str(run.path), to="card", path=tmp_path)
    assert path == tmp_path / "iris-1.md"
    assert path.read_text().startswith("# Model card: iris-1\n")


def test_safetensors_are_those_of_the_run(run, tmp_path):
    path = assay.export(run, to="safetensors", path=tmp_path / "net.safetensors")
    arrays = load_file(path)
    kernel = arrays["parameters/output/kernel"]
    np.testing.assert_array_equal(
        kernel, run.model.members[0].parameters["output"]["kernel"]
    )
    description = json.loads(path.with_suffix(".json").read_text())
    assert description["preparation"] == run.model.preparation.to_json()
    saved = run.folder.path_of("model/parameters.safetensors").read_bytes()
    digest = hashlib.sha256(saved).digest()
    assert hashlib.sha256(path.read_bytes()).digest() == digest


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "onx"}, "unknown format 'onx'. Did you mean 'onnx'? Known: "),
        ({"to": "onnx", "path": "net.pt"}, "must end with .onnx. Use 'net.onnx'."),
        ({"to": "card", "path": "no/net.md"}, "'no' does not exist. Create it first."),
    ],
)
def test_faults(run, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(assay.InputError) as caught:
        assay.export(run, **options)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_files_are_not_replaced_unless_asked(run, tmp_path):
    for name in ("net.py", "net.safetensors"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(assay.InputError) as caught:
        assay.export(run, to="flax", path=tmp_path / "net.py")
    assert len(caught.value.faults) == 2
    assert "Use replace=True to replace it" in str(caught.value)
    assert (tmp_path / "net.py").read_text() == "mine"
    assay.export(run, to="flax", path=tmp_path / "net.py", replace=True)
    assert "class Network" in (tmp_path / "net.py").read_text()


def test_a_missing_package_gives_the_line_that_installs_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(assay.InputError) as caught:
        assay.export(run, to="onnx", path=tmp_path)
    assert str(caught.value) == (
        "Exporting to ONNX requires the package onnx, which is not installed. Run pip "
        "install 'assay[onnx]'."
    )


class Own(nnx.Module):
    """A network written in Python."""

    def __init__(self, input_shape, num_outputs, *, rngs):
        self.output = nnx.Linear(input_shape[0], num_outputs, rngs=rngs)

    def __call__(self, x):
        return self.output(x)


def test_networks_written_in_python(tmp_path):
    options = {"trials": 1, "num_epochs": 1, "out": tmp_path / "own-1"}
    assay.train("iris", model=Own, **options)
    for form in ("onnx", "flax", "torch"):
        with pytest.raises(assay.InputError) as caught:
            assay.export(tmp_path / "own-1", to=form)
        assert str(caught.value) == (
            f"A network written in Python cannot be exported to {form}, because Assay "
            'cannot translate its layers. Use to="safetensors", and load the '
            "parameters into your own code."
        )
    path = assay.export(tmp_path / "own-1", to="safetensors")
    assert len(load_file(path)) == 2
    assert assay.export(tmp_path / "own-1", to="card").exists()
