"""Differences between new rows and the training rows are counted."""

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load

WORDS = ["red", "blue", "green", "gray"]


def _text(num_words, start=0):
    return " ".join(WORDS[k % 4] for k in range(start, start + num_words))


@pytest.fixture(scope="module")
def texts():
    """A preparation of texts of 7 to 10 words, of which 10 are used."""
    frame = {"note": [_text(7 + k % 4, k) for k in range(40)], "y": [0, 1] * 20}
    dataset = load(frame, target="y", kinds={"note": "text"})
    return Preparation.fit(dataset, np.arange(40))


def test_longer_texts_are_counted(texts):
    new = pl.DataFrame({"note": [_text(10), _text(11), None, _text(30)]})
    missing = (
        "Row 2 has no value in any column that the model uses. "
        "Such rows all get the same prediction."
    )
    note = (
        "2 of 4 texts are longer than 10 words. Only the first 10 words are used, "
        "because the model was not trained on longer texts."
    )
    for rows in (new, new["note"].to_list()):
        assert texts.compare(rows).notes == (missing, note)
        assert texts.transform(rows)["lengths"].tolist() == [10, 10, 1, 10]
    assert texts.compare(new[:1]).notes == ()
    assert (texts.compare(new[:2]) + texts.compare(new[2:])).notes == (missing, note)


def test_unseen_categories_of_blocks_are_added():
    frame = {"color": WORDS * 10, "size": range(40), "y": [0, 1] * 20}
    preparation = Preparation.fit(load(frame, target="y"), np.arange(40))
    new = pl.DataFrame({"color": ["pink", "red", None, "gold"], "size": [1, 2, 3, 4]})
    parts = preparation.compare(new[:2]) + preparation.compare(new[2:])
    assert parts == preparation.compare(new)
    assert parts.unseen == preparation.unseen(new)
    assert parts.notes == (*parts.missing.notes, *map(str, parts.unseen))


@pytest.fixture(scope="module")
def table():
    """A preparation of columns, of which only "gaps" is missing in training."""
    rng = np.random.default_rng(0)
    frame = {
        "a": rng.normal(size=40),
        "b": [True, False] * 20,
        "c": ["red", "blue", "red", "gray"] * 10,
        "d": [f"2024-{1 + k % 12:02}-{1 + k % 28:02}" for k in range(40)],
        "gaps": [None, *rng.normal(size=39)],
        "y": [0, 1] * 20,
    }
    dataset = load(frame, target="y")
    preparation = Preparation.fit(dataset, np.arange(40))
    assert set(preparation.columns) == {"a", "b", "c", "d", "gaps"}
    return preparation, pl.DataFrame(frame).drop("y")


def _empty(frame, *names):
    return frame.with_columns(pl.lit(None).alias(name) for name in names)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (
            ["a"],
            "column 'a' has no values here, but had values in training. The mod",
        ),
        (["c"], "column 'c' has no values here"),
        (["d", "b"], "columns 'b', 'd' have no values here, but had values in trai"),
        (["gaps"], "column 'gaps' has no values here"),
        ([], None),
    ],
)
def test_empty_columns_are_named(table, names, text):
    preparation, frame = table
    notes = preparation.compare(_empty(frame, *names)).notes
    assert len(notes) == (text is not None)
    assert all(note.startswith(f"warning: the {text}") for note in notes)


def test_columns_with_gaps_in_training_may_be_empty_in_few_rows(table):
    preparation, frame = table
    new = _empty(frame, "gaps")
    assert preparation.compare(new[:9]).notes == ()
    assert len(preparation.compare(new[:10]).notes) == 1
    parts = preparation.compare(new[:9]) + preparation.compare(new[9:])
    assert parts == preparation.compare(new)
    filled = preparation.compare(new[:9]) + preparation.compare(frame[9:])
    assert filled.notes == ()


def test_rows_without_any_value_are_counted(table):
    preparation, frame = table
    is_empty = pl.int_range(pl.len()).is_in([7, 30])
    new = frame.with_columns(pl.when(~is_empty).then(pl.all()))
    new[7, "a"] = np.nan
    note = (
        "2 rows have no value in any column that the model uses; the first is row 7. "
        "Such rows all get the same prediction."
    )
    assert preparation.compare(new).notes == (note,)
    assert preparation.compare(new.with_columns(other=pl.lit(1))).notes == (note,)
    for place in (3, 7, 8, 35):
        parts = preparation.compare(new[:place]) + preparation.compare(new[place:])
        assert parts.notes == (note,)
    inputs = preparation.transform(new)
    np.testing.assert_array_equal(inputs[7], inputs[30])


@pytest.mark.parametrize("word", ["NA", "n/a", " null "])
def test_words_for_no_value_are_no_values_unless_they_are_known(table, word):
    preparation, frame = table
    rows = frame[:3].with_columns(pl.all().cast(pl.String))
    for name in rows.columns:
        rows[1, name] = word
    assert preparation.compare(rows).missing.num_empty == 1
    known = {"c": [word.strip(), "blue"] * 20, "y": [0, 1] * 20}
    fitted = Preparation.fit(load(known, target="y"), np.arange(40))
    assert fitted.compare(rows).missing.num_empty == 0
