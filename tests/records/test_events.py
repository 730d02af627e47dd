"""Events: what every kind promises, in one table."""

import dataclasses

import pytest

from assay._errors import RunError
from assay.records import EVENTS, RECORDS_VERSION, parse_event, to_plain

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
def test_goes_through_json_and_back(kind):
    event = EVENTS[kind](**EXAMPLES[kind])
    line = event.to_json()
    assert line == {"kind": kind, "version": RECORDS_VERSION, **EXAMPLES[kind]}
    assert parse_event(to_plain(line)) == event


@pytest.mark.parametrize("kind", EVENTS)
def test_is_frozen_and_named_by_keyword(kind):
    event = EVENTS[kind](**EXAMPLES[kind])
    name = next(iter(EXAMPLES[kind]))
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(event, name, None)
    with pytest.raises(TypeError):
        EVENTS[kind](*EXAMPLES[kind].values())


@pytest.mark.parametrize("kind", EVENTS)
def test_times_stand_in_fields_that_say_so(kind):
    for field in dataclasses.fields(EVENTS[kind]):
        if "time" in field.name or "duration" in field.name:
            assert field.name.endswith("_seconds")


def test_fields_of_the_future_are_left_out():
    record = {"kind": "note", "version": 1, "message": "a", "color": "red"}
    assert parse_event(record) == EVENTS["note"](message="a")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"kind": "note", "version": 99, "message": ""}, "version 99"),
        ({"kind": "note", "message": ""}, "version None"),
        ({"kind": "epok", "version": 1}, "Did you mean 'epoch'"),
        ({"kind": "note", "version": 1}, "'note' is incomplete.*message"),
    ],
)
def test_what_cannot_be_read_is_told(record, message):
    with pytest.raises(RunError, match=message):
        parse_event(record)
