"""Models with several members: averaging, saving, explaining."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import assay
from assay.experiment import open_row
from assay.experiment.model._model import Model
from assay.records import RunFolder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Train three members on iris."""
    return assay.train(
        "iris",
        model=[assay.Dense(4), assay.ReLU()],
        trials=1,
        num_epochs=5,
        members=3,
        runs=tmp_path_factory.mktemp("runs"),
    )


def member(model, number):
    """Return one member as a model of its own."""
    return Model(model.training, model.preparation, [model.members[number]])


def test_the_prediction_is_the_mean_of_the_members(run):
    alone = [member(run.model, number).predict("iris") for number in range(3)]
    assert not np.allclose(alone[0], alone[1])
    np.testing.assert_allclose(run.model.predict("iris"), np.mean(alone, 0), rtol=1e-6)


def test_the_saved_model_has_all_members(run):
    loaded = assay.load(run.folder.path).model
    assert len(loaded.members) == 3
    np.testing.assert_array_equal(loaded.predict("iris"), run.model.predict("iris"))


def test_the_record_and_the_report_count_them(run):
    (one, three) = (member(run.model, 0).num_parameters, run.model.num_parameters)
    assert three == 3 * one
    assert run.summary["model"]["members"] == 3
    assert "mean of 3 members" in str(run)


def test_one_member_is_the_plain_network(run, tmp_path):
    single = assay.train(
        "iris",
        model=[assay.Dense(4), assay.ReLU()],
        trials=1,
        num_epochs=5,
        members=1,
        runs=tmp_path,
    )
    first = member(run.model, 0).predict("iris")
    np.testing.assert_array_equal(single.model.predict("iris"), first)
    assert "members" not in str(single)


def test_each_member_can_be_explained(run):
    values = [open_row(run, member=n).explain("output", (0,)).value for n in range(3)]
    assert len(set(values)) == 3
    with pytest.raises(assay.InputError, match="no member 3. It has members 0 to 2"):
        open_row(run, member=3)


def test_a_missing_member_is_refused(run):
    folder = RunFolder(run.folder.path)
    path = folder.path_of("model/parameters.safetensors")
    whole = path.read_bytes()
    arrays = load_file(path)
    description = folder.read_object("model/model.json")
    unhashed = {n: value for n, value in description.items() if n != "sha256"}
    try:
        kept = {n: a for n, a in arrays.items() if not n.startswith("member2/")}
        save_file(kept, path)
        folder.write_json("model/model.json", unhashed)
        with pytest.raises(assay.RunError, match="is missing"):
            assay.load(folder.path).model.predict("iris")
    finally:
        path.write_bytes(whole)
        folder.write_json("model/model.json", description)
