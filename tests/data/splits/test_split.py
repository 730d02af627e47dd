"""Splits satisfy general properties, have known sizes and reject bad requests."""

import hashlib

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assay._errors import InputError
from assay.data import FRACTIONS, PARTS, load, split
from assay.data.splits._by_class import apportion
from assay.data.splits._sizes import part_sizes


def _classes(counts, seed=0):
    labels = np.repeat([f"c{i}" for i in range(len(counts))], counts)
    labels = np.random.default_rng(seed).permutation(labels)
    return load((np.linspace(0, 1, len(labels))[:, None] ** 2, labels))


def _table(num_rows, **columns):
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {"x": rng.normal(size=num_rows), **columns, "y": rng.normal(size=num_rows)}
    )
    return load(frame, target="y")


def _check_partition(parts, num_rows):
    rows = np.concatenate([parts.train, parts.val, parts.test])
    assert sorted(rows.tolist()) == list(range(num_rows))
    for name in PARTS:
        part = parts.parts[name]
        assert part.size
        assert part.tolist() == sorted(part.tolist())
        assert part.dtype == np.int64


fractions = st.sampled_from(
    [FRACTIONS, (0.5, 0.25, 0.25), (0.8, 0.1, 0.1), (0.6, 0.1, 0.3)]
)


@given(
    st.lists(st.integers(3, 60), min_size=2, max_size=8),
    st.integers(0, 2**32),
    fractions,
)
def test_split_by_class_is_disjoint_complete_sized_and_even(counts, seed, shares):
    dataset = _classes(counts)
    sizes = part_sizes(sum(counts), shares)
    parts = split(dataset, seed=seed, fractions=shares)
    _check_partition(parts, sum(counts))
    assert parts.by == "class"
    assert tuple(len(p) for p in parts.parts.values()) == sizes
    held = {
        n: np.bincount(dataset.target[r], minlength=len(counts))
        for n, r in parts.parts.items()
    }
    if min(sizes) >= len(counts):
        assert min(h.min() for h in held.values()) >= 1
        assert parts.notes == ()
    else:
        absent = [n for n, h in held.items() if h.min() == 0]
        assert len(parts.notes) == len(absent)
    # Each class too small for its share of one row moves the other classes.
    assume(min(counts) * min(shares) >= 1)
    for share, size in zip(held.values(), sizes, strict=True):
        ideal = np.array(counts) * size / sum(counts)
        assert np.abs(share - ideal).max() < 1.5


@given(st.integers(4, 400), st.integers(0, 2**32), fractions)
def test_split_at_random_is_disjoint_complete_and_sized(num_rows, seed, shares):
    assume(min(int(num_rows * f + 0.5) for f in shares[1:]) >= 1)
    parts = split(_table(num_rows), seed=seed, fractions=shares)
    _check_partition(parts, num_rows)
    assert parts.by == "random"
    sizes = part_sizes(num_rows, shares)
    assert tuple(len(p) for p in parts.parts.values()) == sizes
    for size, share in zip(sizes, shares, strict=True):
        assert abs(size - share * num_rows) <= 1


@given(st.lists(st.integers(1, 30), min_size=3, max_size=25), st.integers(0, 2**32))
def test_split_by_group_keeps_groups_whole(held, seed):
    groups = np.repeat([f"g{i}" for i in range(len(held))], held)
    dataset = _table(len(groups), group=np.random.default_rng(0).permutation(groups))
    assume(min(int(len(groups) * f + 0.5) for f in FRACTIONS[1:]) >= 1)
    parts = split(dataset, seed=seed, by="group", column="group")
    _check_partition(parts, len(groups))
    assert (parts.by, parts.column) == ("group", "group")
    values = dataset.frame["group"]
    seen = [set(values[rows].to_list()) for rows in parts.parts.values()]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def test_split_by_group_comes_near_the_requested_sizes():
    groups = np.repeat(np.arange(40), 5)
    parts = split(_table(200, patient=groups), seed=0, by="group", column="patient")
    assert [len(p) for p in parts.parts.values()] == [140, 30, 30]
    uneven = np.repeat(np.arange(60), np.random.default_rng(0).integers(1, 12, 60))
    parts = split(
        _table(len(uneven), patient=uneven), seed=0, by="group", column="patient"
    )
    for part, share in zip(parts.parts.values(), FRACTIONS, strict=True):
        assert abs(len(part) / len(uneven) - share) < 0.01


def test_split_by_group_with_a_giant_group_fills_every_part():
    groups = np.repeat(["giant", "b", "c"], [80, 10, 10])
    parts = split(_table(100, g=groups), seed=0, by="group", column="g")
    assert [len(p) for p in parts.parts.values()] == [80, 10, 10]
    assert (
        parts.notes[0] == "Keeping groups together gives 80/10/10 rows, not 70/15/15."
    )
    assert "Write ignore=['g']" in parts.notes[1]


@given(st.lists(st.integers(0, 30), min_size=7, max_size=80), st.integers(0, 2**32))
def test_split_by_time_is_ordered_and_keeps_moments_whole(days, seed):
    assume(len(set(days)) >= 3)
    dates = pl.Series(days).cast(pl.Int32).cast(pl.Date)
    dataset = _table(len(days), day=dates)
    parts = split(dataset, seed=seed, by="time", column="day")
    _check_partition(parts, len(days))
    values = np.array(days)
    assert values[parts.train].max() < values[parts.val].min()
    assert values[parts.val].max() < values[parts.test].min()


def test_split_by_time_has_the_requested_sizes_where_moments_differ():
    dataset = _table(100, second=np.random.default_rng(0).permutation(100) * 1.5)
    parts = split(dataset, seed=0, by="time", column="second")
    assert [len(p) for p in parts.parts.values()] == [70, 15, 15]
    assert parts.notes == ()


@pytest.mark.parametrize(
    ("num_rows", "sizes"),
    [
        (1797, (1257, 270, 270)),
        (150, (104, 23, 23)),
        (178, (124, 27, 27)),
        (569, (399, 85, 85)),
        (442, (310, 66, 66)),
        (10, (6, 2, 2)),
        (4, (2, 1, 1)),
        (100, (70, 15, 15)),
    ],
)
def test_sizes_are_known(num_rows, sizes):
    assert part_sizes(num_rows, FRACTIONS) == sizes


def test_same_seed_same_split_everywhere():
    dataset = load("digits")
    one, two = split(dataset, seed=7), split(dataset, seed=7)
    for name in PARTS:
        np.testing.assert_array_equal(one.parts[name], two.parts[name])
    assert one.hash == two.hash
    assert one.test_hash == two.test_hash
    assert split(dataset, seed=8).hash != one.hash
    # Recorded on one machine; the generator's raw bits are the same on all machines.
    assert one.test[:8].tolist() == [4, 8, 12, 13, 14, 15, 41, 52]
    assert one.hash.startswith("e45bb36ef9edec98")


def test_hash_is_over_the_parts():
    parts = split(load("iris"), seed=0)
    digest = hashlib.sha256()
    for name, rows in parts.parts.items():
        digest.update(f"{name}:{len(rows)}:".encode() + rows.astype("<i8").tobytes())
    assert parts.hash == digest.hexdigest()
    assert parts.hash != parts.test_hash


def test_small_classes_go_to_train_with_a_note():
    dataset = _classes([30, 30, 2, 1])
    parts = split(dataset, seed=0)
    small = np.flatnonzero(dataset.target >= 2)
    assert set(small) <= set(parts.train)
    note = "2 classes have fewer than 3 examples each; these examples are all in train."
    assert parts.notes[0] == note
    assert parts.notes[1] == "val has no examples of 'c2', 'c3'."
    assert [len(p) for p in parts.parts.values()] == [45, 9, 9]


def test_only_small_classes_are_split_at_random_with_a_note():
    dataset = _classes([2] * 10)
    parts = split(dataset, seed=0)
    _check_partition(parts, 20)
    assert "the split is random instead of by class" in parts.notes[0]


def test_classes_and_targets_do_not_follow_file_order():
    dataset = load("iris")
    parts = split(dataset, seed=0, by="random")
    assert parts.by == "random"
    assert len(set(np.diff(parts.test).tolist())) > 3


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=10),
    st.data(),
)
def test_apportion_keeps_the_total_and_the_bounds(weights, data):
    weights = np.array(weights)
    assume(weights.sum() > 0)
    lower = np.minimum(weights, 1)
    total = data.draw(st.integers(int(lower.sum()), int(weights.sum())))
    shares = apportion(weights, total, lower, weights)
    assert shares.sum() == total
    assert (shares >= lower).all()
    assert (shares <= weights).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"fractions": (0.7, 0.2, 0.2)},
            "`len(fractions) == 3 and min(fractions) > 0 and sum(fractions) == 1` "
            "must hold, but got "
            "fractions=(0.7, 0.2, 0.2). Write (0.70, 0.15, 0.15).",
        ),
        (
            {"fractions": (0.85, 0.0, 0.15)},
            "`len(fractions) == 3 and min(fractions) > 0 and sum(fractions) == 1` "
            "must hold, but got "
            "fractions=(0.85, 0.0, 0.15). Write (0.70, 0.15, 0.15).",
        ),
        (
            {"fractions": (0.98, 0.01, 0.01)},
            "`min(sizes) >= 1` must hold, but got sizes={'train': 12, 'val': 0, "
            "'test': 0}. There are only 12 rows. Add rows, or increase the fraction of "
            "the empty part.",
        ),
        (
            {"by": "clas"},
            "`by in ('class', 'random', 'group', 'time', 'given')` must hold, but got "
            "by='clas'. Write by='random'. Did you mean 'class'?",
        ),
        (
            {"by": "class"},
            "`by != 'class'` must hold, but got by='class'. Regression has no classes. "
            "Write by='random'.",
        ),
        (
            {"by": "group"},
            "`column in columns` must hold, but got column=None. "
            "Specify a column to split by group. The columns are x, word, gap.",
        ),
        (
            {"by": "time", "column": "wrd"},
            "`column in columns` must hold, but got column='wrd'. "
            "Specify a column to split by time. The columns are x, word, gap. "
            "Did you mean 'word'?",
        ),
        (
            {"by": "time", "column": "word"},
            "To split by time, 'word' must contain dates or numbers, but got 'a'. "
            "Write dates as 2024-12-31.",
        ),
        (
            {"by": "group", "column": "gap"},
            "`num_missing['gap'] == 0` must hold, but got num_missing=6. Rows "
            "without a value cannot be split by group. Fill in the values, or drop "
            "these rows.",
        ),
        (
            {"by": "group", "column": "word"},
            "`num_groups >= 3` must hold, but got num_groups=2. Each part needs at "
            "least one group in 'word'. Split by another column.",
        ),
        (
            {"by": "random", "column": "word"},
            "`column is None or by in ('group', 'time')` must hold, but got "
            "column='word'. Write by='group', column='word'.",
        ),
        (
            {"by": "given", "column": "word"},
            "`column is None or by in ('group', 'time')` must hold, but got "
            "column='word'. A given test set cannot be specified by a column. Save its "
            "rows in a file of their own, write test_data='test.csv', and omit the "
            "column.",
        ),
        (
            {"column": "word"},
            "`column is None or by in ('group', 'time')` must hold, but got "
            "column='word'. Write by='group', column='word'.",
        ),
        (
            {"column": "wrd"},
            "`column in columns` must hold, but got column='wrd'. Specify a column to "
            "split by. The columns are x, word, gap. Did you mean 'word'?",
        ),
        (
            {"seed": -1},
            "`isinstance(seed, int) and seed >= 0` must hold, but got seed=-1. "
            "Write seed=0.",
        ),
    ],
)
def test_impossible_splits_are_refused(options, message):
    dataset = _table(12, word=["a", "b"] * 6, gap=[1.0, None] * 6)
    with pytest.raises(InputError) as caught:
        split(dataset, **{"seed": 0} | options)
    assert caught.value.faults == (message,)


@pytest.mark.parametrize("by", ["auto", "class", "group", "given"])
@pytest.mark.parametrize("names", [["train", "holdout"], ["Train", "dev", "test"]])
def test_columns_with_names_of_parts_are_no_groups(by, names):
    dataset = _table(12, part=(names * 6)[:12])
    with pytest.raises(InputError) as caught:
        split(dataset, seed=0, by=by, column="part")
    message = caught.value.faults[-1]
    assert all(repr(name) in message for name in names)
    assert f"Save the rows of {names[-1] if len(names) > 2 else 'holdout'!r}" in message
    assert message.endswith("and write test_data='test.csv', ignore=['part'].")


def test_other_names_are_groups():
    dataset = _table(12, part=["train", "north", "test"] * 4)
    assert split(dataset, seed=0, by="group", column="part").by == "group"
    dataset = _table(12, language=["tr", "te", "ts"] * 4)
    assert split(dataset, seed=0, by="group", column="language").by == "group"


def test_all_faults_of_a_split_are_reported_together():
    with pytest.raises(InputError) as caught:
        split(_table(12), seed=-3, by="class", column="x")
    assert len(caught.value.faults) == 3


def test_few_moments_cannot_be_split_by_time():
    dataset = _table(12, day=[1.5, 2.5] * 6)
    with pytest.raises(InputError, match="`num_moments >= 3` must hold"):
        split(dataset, seed=0, by="time", column="day")


def test_a_long_list_of_missing_classes_is_cut_short():
    classes = [f"c{row % 100:02}" for row in range(200)]
    data = load({"p": np.arange(200.0) ** 2, "y": classes}, target="y")
    notes = split(data, seed=0).notes
    note = next(n for n in notes if n.startswith("test has no examples of 'c"))
    assert " more." in note
    assert note.count("'c") == 5
