"""Known answers for the task that a target implies."""

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Task, load

RNG = np.random.default_rng(0)


def _task(target, **options):
    target = pl.Series("y", list(target), strict=False)
    size = np.linspace(0, 1, len(target)) ** 2
    return load((pl.DataFrame({"size": size}), target), **options)


@pytest.mark.parametrize(
    ("target", "kind", "classes"),
    [
        (["b", "a"] * 5, "binary", ("a", "b")),
        (["b", "a", "c"] * 5, "multiclass", ("a", "b", "c")),
        ([True, False] * 5, "binary", (False, True)),
        (["True", "False"] * 5, "binary", (False, True)),
        (["TRUE", "FALSE"] * 5, "binary", ("FALSE", "TRUE")),
        (["TRUE", "true", "False"] * 5, "binary", (False, True)),
        (["001", "010", "002"] * 5, "multiclass", ("001", "002", "010")),
        (["1.0", "2.0"] * 5, "binary", (1.0, 2.0)),
        (["1.50", "2", "10"] * 5, "regression", ()),
        (["2.00", "10.00"] * 5, "binary", ("2.00", "10.00")),
        (["1", "1.0", "2"] * 5, "binary", (1, 2)),
        (
            ["11898508762506083287", "11898508762506082304"] * 5,
            "binary",
            ("11898508762506082304", "11898508762506083287"),
        ),
        (["1,234", "2,345", "3,456"] * 12, "multiclass", ("1,234", "2,345", "3,456")),
        ([f"{i},000" for i in range(1, 99)], "regression", ()),
        ([0, 1] * 5, "binary", (0, 1)),
        ([2, 1] * 2, "binary", (1, 2)),
        ([0.0, 1.0] * 5, "binary", (0, 1)),
        (["10", "9", "10"] * 5, "binary", (9, 10)),
        ([3, 1, 2] * 10, "multiclass", (1, 2, 3)),
        (list(range(20)) * 10, "multiclass", tuple(range(20))),
        (list(range(21)) * 20, "regression", ()),
        (list(range(11)) * 9, "regression", ()),
        (list(range(11)) * 10, "multiclass", tuple(range(11))),
        ([0.5, 1.5] * 50, "regression", ()),
        (RNG.normal(size=50), "regression", ()),
        (["1.5", "2.5", "4"] * 9, "regression", ()),
        (["1,5", "2,5", "4"] * 9, "regression", ()),
    ],
)
def test_task_is_found(target, kind, classes):
    dataset = _task(target)
    assert (dataset.task.kind, dataset.task.classes) == (kind, classes)
    assert [type(c) for c in dataset.task.classes] == [type(c) for c in classes]
    assert dataset.task.num_classes == len(classes)
    assert dataset.task.reason
    assert any(dataset.task.reason in note for note in dataset.notes)


def test_a_target_with_decimal_commas_is_a_quantity():
    assert _task(["1,5", "1.234,25", "3"]).target.tolist() == [1.5, 1234.25, 3.0]
    assert _task(["1,5", "2"], task="regression").target.tolist() == [1.5, 2.0]


def test_a_target_of_text_can_be_set_to_be_classes():
    commas = [f"{i % 25},5" for i in range(1, 100)]
    assert _task(commas, task="classification").task.num_classes == 25
    digits = [*map(str, range(1, 31)), "unknown"] * 3
    assert _task(digits, task="multiclass").task.num_classes == 31
    assert _task(["007", "008", "010"] * 5, task="regression").target[0] == 7


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["1.1", "1.10", "2"], "; '1.1' and '1.10' are the same class"),
        (["2", "1", " 1.0"], "; '1' and '1.0' are the same class"),
        (["1.10", "1.20", "2.00"], ""),
        (["b", "1", "1.0"], "; '1.0' is read as '1'"),
    ],
)
def test_classes_written_in_two_ways_are_noted(cells, note):
    assert _task(cells * 9, task="multiclass").task.reason == f"set by the user{note}"


LARGE = [str(10**17 + 3 * i) for i in range(30)]


@pytest.mark.parametrize("cells", [LARGE, [f"00{i}" for i in range(30)]])
def test_digits_treated_as_classes_may_be_quantities(cells):
    fix = "quantities, write task='regression'"
    assert fix in _task(cells[:5] * 6).task.reason
    with pytest.raises(InputError, match=fix):
        _task(cells)
    assert _task(cells, task="regression").task.kind == "regression"
    assert fix not in _task([f"{cell}-x" for cell in cells[:5]] * 6).task.reason


def test_targets_are_class_positions_or_quantities():
    classes = _task(["b", "c", "a", "b"] * 3)
    assert classes.target.dtype == np.int32
    assert classes.target[:4].tolist() == [1, 2, 0, 1]
    numbers = _task([1e9 + 0.25, 1e9 + 0.5, 3.0])
    assert numbers.target.dtype == np.float64
    assert numbers.target.tolist() == [1e9 + 0.25, 1e9 + 0.5, 3.0]


def test_a_task_set_by_the_user_prevails():
    assert _task([0, 1, 2] * 20, task="regression").task.kind == "regression"
    assert _task([0, 1] * 9, task="multiclass").task.kind == "multiclass"
    assert _task([1.5, 2.5] * 9, task="classification").task.classes == (1.5, 2.5)
    assert _task([True, False] * 9, task="regression").target.tolist()[:2] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (
            [1.5, None, 2.5, None],
            {},
            "`num_missing['y'] == 0` must hold, but got num_missing=2. Targets "
            "are missing in rows 1, 3, counted from 0. Fill them in, or drop these "
            "rows.",
        ),
        (
            [1.5, *[None] * 8, 2.5],
            {},
            "`num_missing['y'] == 0` must hold, but got num_missing=8. Targets "
            "are missing in rows 1, 2, 3, 4, 5 and 3 more, counted from 0. Fill them "
            "in, or drop these rows.",
        ),
        (
            ["1.5", "NA", "2.5"],
            {},
            "`num_missing['y'] == 0` must hold, but got num_missing=1. Targets "
            "are missing in row 1, counted from 0. Fill them in, or drop these rows.",
        ),
        (
            ["a"] * 4,
            {},
            "`num_classes >= 2` must hold, but got num_classes=1. 'y' is 'a' in "
            "every row. Choose another column, or add rows with another class.",
        ),
        (
            [0.5] * 4,
            {},
            "`min(y) < max(y)` must hold, but got y=0.5. The target has this value "
            "in every row. Choose another column.",
        ),
        (
            [0.5, float("inf"), 1.0],
            {},
            "`isfinite(y)` must hold, but got y=inf. This affects row 1. "
            "Correct or drop these rows.",
        ),
        (
            ["1.5", "many", "2", "x"],
            {"task": "regression"},
            "Regression requires numbers, but 'y' contains 'many'. "
            "This affects 2 rows; the first is row 1. "
            "Correct these cells, or omit `task`.",
        ),
        (
            ["a", "b", "c"] * 3,
            {"task": "binary"},
            "`num_classes == 2` must hold, but got num_classes=3. "
            "Write task='multiclass', or omit `task`.",
        ),
        (
            [f"name {i}" for i in range(30)],
            {},
            "`num_classes <= 15` must hold, but got num_classes=30. The classes "
            "of 'y' would have fewer than two examples on average. Choose another "
            "column, or add examples.",
        ),
        (
            ["a", "b"] * 2,
            {"task": "regresion"},
            "`task in ('binary', 'multiclass', 'regression')` must hold, but got "
            "task='regresion'. Omit `task`. Did you mean 'regression'?",
        ),
        (
            [f"{i % 25},5" for i in range(1, 99)] + ["0.5"],
            {},
            "99 of 99 values of 'y' look like numbers, but '1,5' cannot be read as a "
            "number. "
            "This affects 98 rows; the first is row 0. Use a decimal point, or write "
            "task='multiclass' if the values are classes.",
        ),
        (
            [*map(str, range(1, 31)), *map(str, range(1, 31)), "unknown"],
            {},
            "60 of 61 values of 'y' look like numbers, but 'unknown' cannot be read "
            "as a number. "
            "This affects row 60. "
            "Correct these cells, or write "
            "task='multiclass' if the values are classes.",
        ),
        (
            [[1], [2], [3]],
            {},
            "The target must have one value per row, but the cells of 'y' have "
            "type List(Int64). Choose another column.",
        ),
    ],
)
def test_targets_that_cannot_be_learned_are_refused(target, options, message):
    with pytest.raises(InputError) as caught:
        _task(target, **options)
    assert caught.value.faults == (message,)


@pytest.mark.parametrize(
    "task",
    [
        Task("binary", "y", (False, True), reason="so"),
        Task("multiclass", "y", (1, 2, 3)),
        Task("multiclass", "y", (0.5, 1.5, 2.5)),
        Task("regression", "y"),
    ],
)
def test_task_survives_json(task):
    import json

    back = Task.from_json(json.loads(json.dumps(task.to_json())))
    assert back == task
    assert back.reason == task.reason


def _load(cells, **options):
    columns = {"p": [float(row) for row in range(len(cells))], "y": cells}
    return load(columns, target="y", **options)


def test_numbers_in_a_human_readable_format_are_noted():
    task = _load([f"{row},250" for row in range(1, 31)]).task
    assert task.reason.endswith("are treated as quantities; '1,250' is read as 1250")
    assert "is read as" not in _load([f"{row}.5" for row in range(30)]).task.reason


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["$5", "€7", "$12"] * 10, "'y' cannot be read: currencies differ.*'€7'"),
        (["12%", "0.5", "7%"] * 10, "percentages such as '12%' are mixed"),
        ([f"~{row}.5" for row in range(30)], "quantities, write plain numbers"),
        ([1.0, float("inf")] * 15, r"`isfinite\(y\)` must hold"),
    ],
)
def test_quantities_that_cannot_be_read(cells, message):
    with pytest.raises(InputError, match=message):
        _load(cells)


def test_the_note_on_points_does_not_contradict_the_numbers():
    cells = {"price": ["26.292", "850", "1.234"], "x": ["0,5", "1,5", "2,5"]}
    separate = load(pl.DataFrame(cells), target="price").task.reason
    assert "read with a decimal point" not in separate
    alone = load(pl.DataFrame({**cells, "x": [1, 2, 3]}), target="price").task.reason
    assert "'26.292' is read with a decimal point" in alone
