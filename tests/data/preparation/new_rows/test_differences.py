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
    note = (
        "2 of 4 texts are longer than 10 words. Only the first 10 words are used, "
        "because the model was not trained on longer texts."
    )
    for rows in (new, new["note"].to_list()):
        assert texts.compare(rows).notes == (note,)
        assert texts.transform(rows)["lengths"].tolist() == [10, 10, 1, 10]
    assert texts.compare(new[:1]).notes == ()
    assert (texts.compare(new[:2]) + texts.compare(new[2:])).notes == (note,)


def test_unseen_categories_of_blocks_are_added():
    frame = {"color": WORDS * 10, "size": range(40), "y": [0, 1] * 20}
    preparation = Preparation.fit(load(frame, target="y"), np.arange(40))
    new = pl.DataFrame({"color": ["pink", "red", None, "gold"], "size": [1, 2, 3, 4]})
    parts = preparation.compare(new[:2]) + preparation.compare(new[2:])
    assert parts == preparation.compare(new)
    assert parts.unseen == preparation.unseen(new)
    assert parts.notes == tuple(map(str, parts.unseen))
