"""Examples from a map-style Python object are read when they are needed."""

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assay import InputError, data
from assay.data.dataset.streams import _map_style as _stream_items
from assay.data.table import _chunks as _stream

NUM_ROWS = 300


class Examples:
    """A map-style source in which `change` may alter the examples."""

    def __init__(
        self, inputs: Any, targets: Any, change: Callable[..., Any] | None = None
    ) -> None:
        self.inputs, self.targets, self.change = inputs, targets, change
        self.asked: list[int] = []

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, row: int) -> Any:
        self.asked.append(row)
        pair = self.inputs[row], self.targets[row]
        return pair if self.change is None else self.change(row, *pair)


def drawn(*shape: int, dtype: type = np.float32) -> tuple[np.ndarray, np.ndarray]:
    """Draw inputs (NUM_ROWS, *shape) and targets of three classes."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(100, 30, (NUM_ROWS, *shape)).clip(0, 255).astype(dtype)
    return inputs, rng.integers(0, 3, NUM_ROWS)


FORMS = [
    ((4,), np.float64, "number"),
    ((4,), bool, "boolean"),
    ((3,), np.float16, "number"),
    ((6, 5, 3), np.uint8, "image"),
    ((6, 6), np.float32, "image"),
    ((6, 5, 1), np.float32, "image"),
    ((12, 3), np.float32, "sequence"),
]


@pytest.mark.parametrize(("shape", "dtype", "kind"), FORMS)
def test_examples_are_the_same_data_set_as_arrays(
    shape: Any, dtype: Any, kind: str
) -> None:
    arrays = drawn(*shape, dtype=dtype)
    if dtype is bool:
        arrays = arrays[0] ^ (np.arange(NUM_ROWS) % 2 == 0)[:, None], arrays[1]
    whole, streamed = data.load(arrays), data.load(Examples(*arrays), stream="auto")
    assert streamed.stream is not None and streamed.stream.bounds is None
    assert streamed.frame.height == 0
    assert {column.kind for column in streamed.columns} == {kind}
    assert streamed.columns == whole.columns
    assert streamed.task == whole.task
    assert streamed.fingerprint == whole.fingerprint
    assert streamed.width == whole.width
    assert data.split(streamed, seed=0).hash == data.split(whole, seed=0).hash
    rows = np.random.default_rng(1).permutation(NUM_ROWS)[:200]
    preparation = data.Preparation.fit(streamed, rows)
    assert preparation == data.Preparation.fit(whole, rows)
    np.testing.assert_array_equal(
        preparation.transform(streamed, rows), preparation.transform(whole, rows)
    )
    name = streamed.columns[0].name
    assert streamed.values(name).equals(whole.values(name))
    assert len(streamed.take([name], rows[:0])) == 0


@pytest.mark.parametrize(("shape", "dtype", "kind"), FORMS[::3])
def test_means_of_many_chunks_are_those_of_all_but_for_rounding(
    shape: Any, dtype: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = drawn(*shape, dtype=dtype)
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 16 * int(np.prod(shape)))
    source = Examples(*arrays)
    streamed, whole = data.load(source, stream=True), data.load(arrays)
    rows = np.arange(5, NUM_ROWS)
    source.asked.clear()
    preparation = data.Preparation.fit(streamed, rows)
    assert sorted(source.asked) == rows.tolist()
    found: Any = preparation.transform(streamed)
    expected: Any = data.Preparation.fit(whole, rows).transform(whole)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_columns_are_found_from_some_examples_and_the_limits_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_stream_items, "SAMPLED", 40)
    inputs, targets = drawn(4)
    inputs[:, 0], inputs[:, 1], inputs[:, 2] = 7, 0, np.arange(NUM_ROWS)
    wanted = [column.kind for column in data.load((inputs, targets)).columns]
    assert wanted == ["constant", "constant", "id", "number"]
    for row in range(0, NUM_ROWS, 60):  # even a single different example is detected
        inputs[:, 1] = 0
        inputs[row, 1] = 1
        found = data.load(Examples(inputs, targets), stream=True)
        kinds = [column.kind for column in found.columns]
        assert kinds == ["constant", "number", "id", "number"]
        assert "Distinct values are counted in 40 examples." in found.notes
    again = data.load(Examples(inputs, targets), stream=True)
    assert again.fingerprint == found.fingerprint
    targets[0] = (targets[0] + 1) % 3
    changed = data.load(Examples(inputs, targets), stream=True)
    assert changed.fingerprint != found.fingerprint


@pytest.mark.parametrize("names", [("inputs", "target"), ("image", "label"), None])
def test_examples_may_be_mappings(names: Any) -> None:
    arrays = drawn(6, 6, 3, dtype=np.uint8)

    def named(row: int, inputs: Any, target: Any) -> Any:
        if names is None:  # a list whose target is an array with one number
            return [inputs.tolist(), np.array([target])]
        return {names[0]: inputs, names[1]: target, "row": row}

    whole = data.load(arrays)
    for stream in (True, False):
        found = data.load(Examples(*arrays, named), stream=stream)
        np.testing.assert_array_equal(found.target, whole.target)
        assert found.fingerprint == whole.fingerprint
    assert len(data.read(Examples(*arrays, named))) == NUM_ROWS


def test_words_and_numbers_are_targets() -> None:
    inputs, classes = drawn(4)
    words = np.array(["cat", "dog", "a long name"])[classes]
    found = data.load(Examples(inputs, words.tolist()), stream=True)
    assert found.task.classes == ("a long name", "cat", "dog")
    prices = inputs[:, 0].astype(np.float64) / 7
    found = data.load(Examples(inputs, prices), stream=True)
    assert found.task.kind == "regression"
    np.testing.assert_array_equal(found.target, prices)


class InStep:
    """A barrier that lets threads other than the main thread pass only in pairs."""

    def __init__(self) -> None:
        self._pair = threading.Barrier(2, timeout=30)

    def wait(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            self._pair.wait()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Set the seconds that one and several threads take to read the probed rows."""

    def set_seconds(alone: float, together: float) -> None:
        ticks = itertools.cycle([0.0, alone, alone, alone + together])
        monkeypatch.setattr(time, "perf_counter", lambda: next(ticks))

    return set_seconds


@pytest.mark.parametrize(
    ("alone", "together", "several"),
    [(3.0, 1.0, True), (1.5, 1.0, True), (1.4, 1.0, False), (1.0, 2.0, False)],
)
def test_several_threads_read_if_they_are_faster(
    alone: float, together: float, several: bool, clock: Any
) -> None:
    arrays = drawn(4)
    clock(alone, together)
    streamed: Any = data.load(Examples(*arrays), stream=True).stream
    assert (streamed.examples.num_threads > 1) == several


def test_several_threads_read_at_the_same_time_and_keep_the_order(clock: Any) -> None:
    arrays, pairs = drawn(4), InStep()

    def in_step(row: int, inputs: Any, target: Any) -> Any:
        pairs.wait()  # a single thread would time out and be reported
        return inputs, target

    clock(3.0, 1.0)
    streamed: Any = data.load(Examples(*arrays, in_step), stream=True).stream
    rows = np.arange(NUM_ROWS)[::-1]
    np.testing.assert_array_equal(streamed.examples.inputs(rows), arrays[0][rows])


def test_a_source_that_is_not_thread_safe_is_read_by_one_thread(clock: Any) -> None:
    arrays, shared, pairs = drawn(4), [0], InStep()

    def through_shared_state(row: int, inputs: Any, target: Any) -> Any:
        shared[0] = row
        pairs.wait()  # both threads of a pair have written by now
        return arrays[0][shared[0]], target

    clock(3.0, 1.0)
    source = Examples(*arrays, through_shared_state)
    streamed: Any = data.load(source, stream=True).stream
    assert streamed.examples.num_threads == 1


def at(rows: dict[int, Any]) -> Callable[..., Any]:
    """Return a function that replaces the examples at some places."""
    return lambda row, inputs, target: rows.get(row, (inputs, target))


FOUR = np.zeros(4, np.float32)
WRONG = [
    (
        {3: (FOUR[:2], 0), 250: (FOUR[:3], 0)},
        "inputs that differ in shape",
        r"3 \(\(2,\)\)",
    ),
    (
        {250: (FOUR[:2], 0)},
        "inputs that differ in shape",
        r"first example, \(4,\).*250 \(\(2,\)\)",
    ),
    ({7: None, 9: FOUR}, "were neither .inputs, target.", "7 .NoneType., 9 .nda"),
    ({8: {"x": FOUR, "y": 0}}, "were neither .inputs, target.", "8 .dict."),
    (
        {5: (FOUR + np.nan, 0), 299: (FOUR + np.inf, 0)},
        "infinite or missing inputs",
        "Positions: 5",
    ),
    (
        {200: (FOUR + np.nan, 0), 299: (FOUR + np.inf, 0)},
        "infinite or missing inputs",
        ": 200, 299.",
    ),
    ({0: ("a word", 0)}, "inputs other than an array of numbers", r"0 \(str\)"),
    (
        {2: (np.float32(1), 0)},
        "inputs other than an array of numbers",
        r"2 \(float32\)",
    ),
    (
        {4: (FOUR, np.zeros(3))},
        "a target that was neither a number nor a word",
        r"4 \(ndarray\)",
    ),
]


@pytest.mark.parametrize(("rows", "rule", "told"), WRONG)
@pytest.mark.parametrize("stream", [True, False])
def test_wrong_examples_are_told_by_their_positions(
    rows: Any, rule: str, told: str, stream: bool
) -> None:
    with pytest.raises(InputError, match=rule) as error:
        data.load(Examples(*drawn(4), at(rows)), stream=stream)
    assert len(error.value.faults) == 1
    with pytest.raises(InputError, match=told):
        data.load(Examples(*drawn(4), at(rows)), stream=stream)


def test_all_that_is_wrong_is_told_at_once() -> None:
    rows: dict[int, Any] = {row: None for row in range(100, 110)}
    rows |= {150: (FOUR[:1], 0), 160: (FOUR + np.nan, 0), 170: (FOUR, [0, 1])}
    with pytest.raises(InputError) as error:
        data.load(Examples(*drawn(4), at(rows)), stream=True)
    assert len(error.value.faults) == 4
    first = error.value.faults[0]
    start = "10 of the examples were neither (inputs, target) nor a mapping with in"
    assert first.startswith(start)
    assert first.endswith("104 (NoneType) and 5 more.")


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_examples_are_refused(count: int) -> None:
    inputs, targets = drawn(4)
    few = Examples(inputs[:count], targets[:count])
    for stream in (True, False):
        with pytest.raises(InputError, match="num_examples >= 2.*num_examples="):
            data.load(few, stream=stream)


def test_examples_that_cannot_be_read_or_change_are_refused() -> None:
    def broken(row: int, inputs: Any, target: Any) -> Any:
        if row in (40, 50):
            raise OSError("no such file")
        return inputs, target

    told = r"2 of the examples could not be read.*40 \(OSError: no such file\), 50"
    with pytest.raises(InputError, match=told):
        data.load(Examples(*drawn(4), broken), stream=True)
    rng = np.random.default_rng(0)

    def noisy(row: int, inputs: Any, target: Any) -> Any:
        return inputs + rng.normal(), target

    with pytest.raises(InputError, match="changed between two reads.*augment"):
        data.load(Examples(*drawn(4), noisy), stream=True)


def test_what_is_asked_for_in_vain_is_told_before_all_is_read() -> None:
    source = Examples(*drawn(4))
    with pytest.raises(InputError, match=r"set\(ignore\) <= set\(columns\)"):
        data.load(source, stream=True, ignore=["height"])
    assert max(source.asked) < NUM_ROWS - 1
    with pytest.raises(InputError, match="test_data is None"):
        data.load(source, stream=True, test_data=source)


def test_images_with_the_channels_first_are_streamed() -> None:
    inputs, targets = drawn(3, 8, 9)
    first = Examples(inputs, targets)
    last = Examples(inputs.transpose(0, 2, 3, 1), targets)
    rows = np.arange(NUM_ROWS)
    arrays = []
    for source in (first, last):
        dataset = data.load(source, stream=True)
        preparation = data.Preparation.fit(dataset, rows)
        arrays.append(preparation.transform(dataset))
    np.testing.assert_array_equal(*arrays)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("item", "message"),
    [
        (None, "were neither (inputs, target) nor a mapping"),
        ((FOUR, 1, "name"), "were neither (inputs, target) nor a mapping"),
        ((FOUR, [0, 1]), "had a target that was neither a number nor a word"),
        (("some text", 1), "had inputs other than an array of numbers"),
    ],
)
def test_faults_of_all_examples_are_told(stream: bool, item: Any, message: str) -> None:
    class Faulty:
        def __len__(self) -> int:
            return 6

        def __getitem__(self, row: int) -> Any:
            return item

    with pytest.raises(InputError) as caught:
        data.load(Faulty(), stream=stream)
    assert caught.value.faults[0].startswith(f"6 of the examples {message}")


def test_arrays_and_lists_are_no_such_source() -> None:
    with pytest.raises(InputError, match="Only Parquet files, .* can be streamed"):
        data.load(drawn(4), stream=True)
    with pytest.raises(InputError, match="The source is a list of pairs"):
        data.load([(FOUR, 0), (FOUR, 1), (FOUR, 0)])


def test_grain_sources_are_read() -> None:
    grain = pytest.importorskip("grain")
    inputs, targets = drawn(4)
    source = grain.MapDataset.source(Examples(inputs, targets))
    halved = source.map(lambda pair: {"inputs": pair[0] / 2, "target": pair[1]})
    found = data.load(halved, stream="auto")
    assert found.stream is not None
    assert found.fingerprint == data.load((inputs / 2, targets)).fingerprint


def test_torch_data_sets_are_read() -> None:
    torch = pytest.importorskip("torch")
    inputs, targets = drawn(4)
    tensors = map(torch.from_numpy, (inputs, targets))
    source = torch.utils.data.TensorDataset(*tensors)
    found = data.load(source, stream="auto")
    assert found.fingerprint == data.load((inputs, targets)).fingerprint
