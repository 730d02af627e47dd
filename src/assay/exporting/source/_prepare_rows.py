"""Functions that prepare raw columns. Their source is copied into exported code.

They need only NumPy, so exported code does not depend on Assay.
"""

import numpy as np

__all__ = ["PREPARERS", "prepare"]

COLUMNS: list[dict] = []  # the exported code defines its own list


def prepare(columns):
    """Prepare a table as in training, and return the inputs (rows, features), float32.

    Args:
        columns: the values of each column, by name. Numbers and booleans (1 or 0) are
            NaN if missing, categories are the strings used in training or None if
            missing, and dates are numpy.datetime64 or NaT if missing.
    """
    preparers = {
        "number": number_inputs,
        "boolean": number_inputs,
        "category": category_inputs,
        "date": date_inputs,
    }
    parts = [preparers[c["kind"]](c, columns[c["name"]]) for c in COLUMNS]
    return np.concatenate(parts, axis=1)


def scaled(values, scale):
    """Fill in missing numbers and standardize all numbers."""
    fill, mean, std = scale
    values = np.where(np.isnan(values), fill, values)
    largest = float(np.finfo(np.float32).max)
    with np.errstate(over="ignore"):
        return np.clip((values - mean) / std, -largest, largest)


def number_inputs(column, values):
    """Return standardized numbers and, if any can be missing, a missing-value flag."""
    values = np.asarray(values, np.float64)
    std = column["scale"][2]
    parts = [scaled(values, column["scale"]) if std > 0 else np.zeros(len(values))]
    parts += [np.isnan(values)] if column["missing"] else []
    return np.stack(parts, axis=1).astype(np.float32)


def category_inputs(column, values):
    """Return one column per category or a column of codes (0 for new categories)."""
    known = list(column["categories"]) + [None] * column["missing"]
    places = {category: place for place, category in enumerate(known)}
    codes = np.array([places.get(value, -1) for value in values])
    if column["cardinality"] is not None:
        return (codes[:, None] + 1).astype(np.float32)
    return (codes[:, None] == np.arange(len(known))).astype(np.float32)


def date_inputs(column, values):
    """Return the date parts (days since 1970, month, weekday) used in training."""
    moments = np.asarray(values, "datetime64[us]")
    missing = np.isnat(moments)
    days = moments.astype("datetime64[D]").astype(np.int64)
    months = moments.astype("datetime64[M]").astype(np.int64)
    parts = [
        moments.astype(np.int64) / 86_400_000_000,  # number of microseconds in a day
        months % 12 + 1.0,
        (days + 3) % 7 + 1.0,  # 1 January 1970 was a Thursday
    ]
    pairs = zip(parts, column["scales"])  # noqa: B905, three of each
    inputs = [
        scaled(np.where(missing, np.nan, part), scale)
        for part, scale in pairs
        if scale[2] > 0
    ]
    inputs += [missing] if column["missing"] else []
    return np.stack(inputs, axis=1).astype(np.float32)


def standardize(values):
    """Return images or sequences (rows, ..., channels) with standardized channels."""
    (column,) = COLUMNS
    std = [1 / spread if spread > 0 else 0.0 for spread in column["std"]]
    mean = np.array(column["mean"], np.float32)
    return (np.asarray(values, np.float32) - mean) * np.array(std, np.float32)


PREPARERS = {
    "table": (prepare, scaled, number_inputs, category_inputs, date_inputs),
    "image": (standardize,),
    "sequence": (standardize,),
    "text": (),
}
"""The functions for each kind of input."""
