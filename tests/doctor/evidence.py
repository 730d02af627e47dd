"""Evidence of trainings whose diagnosis is known."""

import numpy as np

from assay.doctor import DataFacts, Evidence, Reference, References


def evidence(**fields):
    steady = np.linspace(1, 0.2, 20)
    values = {
        "costs": steady,
        "train_skill": np.full(20, 0.95),
        "val_skill": np.full(20, 0.92),
        "train_cost": steady,
    }
    return Evidence(**(values | fields))


def references(
    train_skill,
    val_skill,
    *,
    p_value=0.0,
    num_suspicious=0,
    inside=0.0,
    on_val=np.nan,
):
    linear, near = (
        Reference(name, train_skill, val_skill, p_value, on_val)
        for name in ("linear", "near")
    )
    return References(linear, near, np.arange(num_suspicious), 100, inside)


def facts(class_counts):
    counts = np.array(class_counts)
    ones = np.ones(3)
    return DataFacts(int(counts.sum()), 100, 0 * ones, ones, 0.0, 1.0, counts)


def monitors(**columns):
    empty = np.full((2, 4), np.nan)
    names = ("gradient_norm", "parameter_norm", "update_ratio", "dead_share")
    names += ("saturated_share", "mean", "std", "min", "max")
    return {name: empty for name in names} | {
        name: np.array(table, float) for name, table in columns.items()
    }
