"""Default networks for images, sequences and text can be built, trained and changed."""

import numpy as np
import pytest

import assay
from assay import spec
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.defaults._defaults import candidates, resolve
from assay.training import program_for

SHAPES = {
    "image": [(8, 8, 1), (28, 28, 1), (32, 32, 3), (5, 9, 1), (1, 1, 1), (100, 80, 3)],
    "sequence": [(24, 1), (150, 1), (427, 3), (1, 2)],
    "text": [(8,), (256,)],
}


def _profile(kind, shape, num_train=1000, task="multiclass"):
    codes = 50 if kind == "text" else None
    return DataProfile(
        num_train, 1, task, kind=kind, input_shape=shape, num_codes=codes
    )


def _resolved(profile, **fields):
    return resolve(spec.Experiment(data="x", **fields), profile)


@pytest.mark.parametrize(
    ("kind", "shape"), [(kind, s) for kind, found in SHAPES.items() for s in found]
)
@pytest.mark.parametrize("model", ["auto", "linear", "mlp"])
def test_every_network_can_be_built(kind, shape, model):
    profile = _profile(kind, shape)
    for candidate in candidates(_resolved(profile, model=model), profile):
        values = {p: s.ends()[0] for p, s in candidate.training.spaces().items()}
        training = candidate.training.with_values(values)
        program = program_for(training, shape, num_classes=3, capacity=1024)
        assert program.network.num_parameters > 0


def test_fields_that_the_user_sets_are_kept():
    profile = _profile("image", (8, 8, 1))
    resolved = _resolved(profile, optimizer=spec.SGD(0.1), num_epochs=3, augment=())
    assert resolved.optimizer == spec.SGD(0.1)
    assert resolved.num_epochs == 3
    assert resolved.augment == ()
    assert resolved.schedule == spec.WarmupCosine()
    assert _resolved(profile).augment == (spec.Shift(0.08),)
    assert _resolved(_profile("sequence", (9, 1))).augment == ()
    layers = (spec.Flatten(), spec.Dense(4))
    (candidate,) = candidates(_resolved(profile, model=layers), profile)
    assert (candidate.name, candidate.training.model) == ("model", layers)


def test_there_are_more_trials_where_val_can_tell_settings_apart():
    few, many = (_profile("image", (8, 8, 1), n) for n in (1000, 20_000))
    assert [c.num_trials for c in candidates(_resolved(few), few)] == [1]
    assert [c.num_trials for c in candidates(_resolved(many), many)] == [3]
    five = _resolved(few, tune=spec.Tune(num_trials=5))
    assert [c.num_trials for c in candidates(five, few)] == [5]
    text = _profile("text", (8,))
    assert [c.name for c in candidates(_resolved(text), text)] == ["bag", "conv"]
    once = _resolved(text, tune=spec.Tune(num_trials=1))
    assert [c.name for c in candidates(once, text)] == ["conv"]


@pytest.mark.slow
def test_images_are_classified_from_end_to_end():
    bands = np.random.default_rng(0).integers(0, 60, (120, 8, 8, 1), dtype=np.uint8)
    labels = np.arange(120) % 2
    bands[labels == 0, 3:5] += 120  # columns
    bands[labels == 1, :, 3:5] += 120  # rows
    run = assay.train((bands, labels), runs=None, num_epochs=8)
    assert run.test.value >= 0.9
    assert run.summary["data"]["num_features"] == 1
    assert len(run.model.predict(bands[:3])) == 3
    again = assay.experiment.load(run.folder.path).model
    np.testing.assert_allclose(
        again.predict(bands[:5]), run.model.predict(bands[:5]), rtol=1e-5
    )


@pytest.mark.slow
def test_sequences_of_unequal_lengths_are_classified_from_end_to_end():
    rng = np.random.default_rng(0)
    lengths = rng.integers(9, 20, 120)
    labels = np.where(np.arange(120) % 2, "fast", "slow")
    series = [
        np.sin(np.arange(n) * (2.0 if label == "fast" else 0.5) + rng.normal())
        for n, label in zip(lengths, labels, strict=True)
    ]
    run = assay.train((series, labels), runs=None, num_epochs=15)
    assert run.test.value >= 0.9
    assert run.model.predict_frame((series[:4], labels[:4])).height == 4


@pytest.mark.slow
def test_texts_are_classified_from_end_to_end():
    rng = np.random.default_rng(0)
    moods = {"good": ["fine", "great", "lovely"], "bad": ["poor", "dull", "awful"]}
    labels = ["good" if i % 2 else "bad" for i in range(160)]
    texts = [
        f"film {i}: {rng.choice(moods[mood])}, so on, it was {rng.choice(moods[mood])}"
        for i, mood in enumerate(labels)
    ]
    run = assay.train({"review": texts, "y": labels}, runs=None, num_epochs=25)
    assert run.test.value >= 0.9
    assert {b["name"] for b in run.summary["baselines"]} == {"majority", "linear model"}
