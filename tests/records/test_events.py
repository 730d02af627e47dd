"""All kinds of events obey the same contract."""

import dataclasses
import json

import pytest

from assay.records import EVENTS, RECORDS_VERSION, to_canonical_json

EXAMPLES = {
    "stage_started": {"stage": "tune"},
    "stage_finished": {"stage": "tune", "duration_seconds": 1.5},
    "epoch": {
        "stage": "refit",
        "epoch": 1,
        "iteration": 40,
        "train": {"cost": 0.5},
        "val": {"cost": None},
        "learning_rate": 0.1,
        "trial": None,
        "duration_seconds": 0.2,
    },
    "iteration": {
        "stage": "refit",
        "epoch": 1,
        "iteration": 1,
        "cost": None,
        "learning_rate": 0.1,
        "values": {"gradient_norm": 2.0},
        "trial": 3,
    },
    "finding": {"finding": {"code": "dead_units"}, "stage": "refit", "epoch": 2},
    "trial": {
        "trial": 0,
        "hyperparameters": {"learning_rate": 0.1},
        "value": 0.9,
        "state": "complete",
        "epochs": 10,
        "duration_seconds": 2.0,
    },
    "opening": {
        "fingerprint": "f",
        "test_hash": "t",
        "purpose": "final",
        "openings": 1,
    },
    "note": {"message": "continued"},
}


def test_table_covers_every_kind():
    assert set(EXAMPLES) == set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_is_written_with_kind_version_and_fields(kind):
    event = EVENTS[kind](**EXAMPLES[kind])
    expected = {"kind": kind, "version": RECORDS_VERSION, **EXAMPLES[kind]}
    assert event.to_json() == expected
    assert json.loads(to_canonical_json(event)) == expected


@pytest.mark.parametrize("kind", EVENTS)
def test_is_frozen_and_takes_keywords_only(kind):
    event = EVENTS[kind](**EXAMPLES[kind])
    name = next(iter(EXAMPLES[kind]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, name, None)
    with pytest.raises(TypeError):
        EVENTS[kind](*EXAMPLES[kind].values())


@pytest.mark.parametrize("kind", EVENTS)
def test_fields_with_times_are_named_in_seconds(kind):
    for field in dataclasses.fields(EVENTS[kind]):
        if "time" in field.name or "duration" in field.name:
            assert field.name.endswith("_seconds")
