"""Text is encoded as word codes from a vocabulary, and long texts are cut."""

import json

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Preparation, load
from assay.data.preparation.encoders._text_encoder import _words

STORIES = [
    "The cat's hat, the CAT.",
    "a dog and the cat",
    "Ein schöner Tag",
    "the dog",
    "zebra zebra zebra",
    None,
]
TARGET = ["u", "v"] * 3


def _dataset(texts=STORIES):
    return load({"story": texts, "y": TARGET}, kinds={"story": "text"})


def test_the_vocabulary_is_that_of_train_by_frequency():
    preparation = Preparation.fit(_dataset(), np.arange(4))
    # "the" is in 3 training texts, "cat" and "dog" in 2, and the others in 1.
    assert preparation.sole_encoder.vocabulary == ("the", "cat", "dog")
    assert preparation.num_codes == 5
    inputs = preparation.transform(_dataset())
    the, cat, dog, unknown = 2, 3, 4, 1
    rows = [
        [the, unknown, unknown, the, cat],
        [unknown, dog, unknown, the, cat],
        [unknown] * 3,
        [the, dog],
        [unknown] * 3,
        [unknown],
    ]
    assert inputs["lengths"].tolist() == [len(row) for row in rows]
    assert inputs["values"].dtype == np.int32
    for found, row in zip(inputs["values"], rows, strict=True):
        assert found.tolist() == row + [0] * (8 - len(row))


def test_a_text_preparation_survives_json():
    preparation = Preparation.fit(_dataset(), np.arange(4))
    again = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    assert again == preparation
    given = {"story": ["The dog!", "", None]}
    found = again.transform(given)
    assert found["values"][:, :3].tolist() == [[2, 4, 0], [1, 0, 0], [1, 0, 0]]
    assert preparation.transform(_dataset(), np.array([], int))["values"].shape == (
        0,
        8,
    )


def test_only_train_teaches_the_vocabulary():
    spoiled = [*STORIES[:4], "new words new words", "new words"]
    rows = np.arange(4)
    one = Preparation.fit(_dataset(), rows).to_json()
    assert Preparation.fit(_dataset(spoiled), rows).to_json() == one


def test_without_any_repeated_word_all_words_count():
    preparation = Preparation.fit(_dataset(), np.array([2, 3]))
    assert set(preparation.sole_encoder.vocabulary) == {
        *("ein", "schöner", "tag"),
        *("the", "dog"),
    }


def test_long_texts_are_cut():
    texts = [" ".join(["word"] * 2000 + [str(i)]) for i in range(6)]
    preparation = Preparation.fit(_dataset(texts), np.arange(6))
    inputs = preparation.transform(_dataset(texts))
    assert inputs["values"].shape == (6, 256)
    assert inputs["lengths"].tolist() == [256] * 6


def test_words_are_counted_for_a_linear_model():
    preparation = Preparation.fit(_dataset(), np.arange(4))
    inputs = preparation.transform(_dataset())
    counts = np.expm1(preparation.flatten(inputs)).round()
    assert counts.tolist()[:2] == [[2, 1, 0], [1, 1, 1]]


@pytest.mark.parametrize("beside", [{}, {"number": [1.0, 2.0, 4.0] * 20}])
def test_text_is_read_alone_and_gives_way_to_other_inputs(beside):
    texts = [f"a story of {i} words and more" for i in range(60)]
    columns = {"story": texts, **beside, "y": ["u", "v"] * 30}
    dataset = load(columns)
    used = [column.name for column in dataset.columns if column.used]
    assert used == (["number"] if beside else ["story"])
    asked = load(columns, kinds={"story": "text"})
    assert [column.name for column in asked.columns if column.used] == ["story"]


def test_two_texts_are_one_too_many():
    texts = [f"a story of {i} words and more" for i in range(60)]
    columns = {"one": texts, "two": texts, "y": ["u", "v"] * 30}
    with pytest.raises(InputError, match=r"Write ignore=\['two'\]"):
        load(columns)
    assert load(columns, ignore=["two"]).columns[0].used


@pytest.mark.parametrize(
    "letters",
    [
        "今天气很好下雨了吗我们去公园玩",
        "สวดครบนฝตกวทอยมา",
        "こんにちはありがとうさよな",
    ],
)
def test_letters_of_scripts_without_spaces_are_words(letters):
    rng = np.random.default_rng(0)
    texts = ["".join(rng.permutation(list(letters))[:8]) for _ in range(40)]
    dataset = load({"story": texts, "y": [k % 2 for k in range(40)]}, target="y")
    assert dataset.columns[0].kind == "text"
    preparation = Preparation.fit(dataset, np.arange(30))
    inputs = preparation.transform(dataset)
    assert isinstance(inputs, dict)
    assert (inputs["lengths"] == 8).all()
    assert (inputs["values"] > 1).all()  # every letter is in the vocabulary


def test_spaced_and_unspaced_scripts_may_be_mixed():
    words = _words(pl.Series(["Abc漢字def don't"]))
    assert words.to_list() == [["abc", "漢", "字", "def", "don't"]]
