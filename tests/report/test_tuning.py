"""The table of a search lists the selected trial first and the others by score."""

import math

from assay.report import tuning_text


def trial(number, score, **values):
    """Return a trial as plain data."""
    return {
        "number": number,
        "val_score": score,
        "val_cost": 1 - score,
        "epochs": 5,
        "state": "complete",
        "values": values,
    }


def search(trials, **changes):
    """Return a search in which trial 1 was selected."""
    return {
        "data": {"name": "cells"},
        "split": {"train": 1200, "val": 20, "test": 20},
        "trials": trials,
        "best_trial": 1,
        "higher_is_better": True,
        "notes": ["mlp beats linear"],
    } | changes


TRIALS = [
    trial(0, 0.5, rate=0.001),
    trial(1, 0.75, rate=0.01, kind="adam"),
    trial(2, 0.8, rate=0.1),
    trial(3, math.nan, rate=10.0),
]


def test_the_selected_trial_comes_first_and_diverged_ones_are_left_out():
    assert tuning_text(search(TRIALS)).splitlines() == [
        "cells: 4 trials on 1,200 train and 20 val examples; 20 test examples stay "
        "sealed",
        "  trial   val score    val cost  epochs  state     values",
        "*     1        0.75        0.25       5  complete  rate 0.01, kind adam",
        "      2         0.8         0.2       5  complete  rate 0.1",
        "      0         0.5         0.5       5  complete  rate 0.001",
        "mlp beats linear",
    ]


def test_low_scores_are_the_best_of_a_regression():
    lines = tuning_text(search(TRIALS, higher_is_better=False)).splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == ["*", "0", "2"]


def test_a_long_table_is_cut():
    many = [trial(number, number / 30) for number in range(20)]
    lines = tuning_text(search(many)).splitlines()
    assert lines[-2:] == ["  and 10 more", "mlp beats linear"]
    assert len(lines) == 2 + 10 + 2
