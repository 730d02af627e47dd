"""Streamed parts give the same fits as parts in memory, one chunk at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assay import InputError, spec
from assay.training import Examples, Fit, Streamed, TrainingData, capacity_for, pad

NUM_TRAIN, NUM_VAL = 50, 20
BATCH = 4


def drawn(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows of 4 numbers and a class that depends on them."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(count, 4)).astype(np.float32)
    return inputs, (inputs[:, 0] > inputs[:, 1]).astype(np.int32)


TRAIN, VAL = drawn(NUM_TRAIN, 0), drawn(NUM_VAL, 1)


def streamed(
    part: tuple[np.ndarray, np.ndarray],
    chunk_rows: int,
    *,
    block: int | None = None,
    reads: list[int] | None = None,
) -> Streamed:
    """Return rows as a part that is read in chunks."""
    inputs, targets = part
    count = len(targets)

    def read(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert (np.diff(rows) > 0).all()
        if reads is not None:
            reads.append(len(rows))
        return inputs[rows], targets[rows]

    cuts = None if block is None else np.append(np.arange(0, count, block), count)
    return Streamed(
        read,
        targets.__getitem__,
        np.arange(count),
        leading=pad(inputs, targets, capacity_for(count)),
        chunk_rows=chunk_rows,
        cuts=cuts,
    )


def training_data(train: Any, val: Any) -> TrainingData:
    """Return training data with two classes."""
    return TrainingData(train, val, 2, np.array([0.5, 0.5]), False)


def in_memory() -> TrainingData:
    """Return the same rows, all on the device."""
    return TrainingData.of(TRAIN, VAL, num_classes=2)


@pytest.fixture
def asked(training: Callable[..., spec.Training]) -> spec.Training:
    """Return a training spec with everything that depends on places in an epoch."""
    return training(
        model=(spec.Dense(6), spec.BatchNorm(), spec.ReLU(), spec.Dropout(0.2)),
        cost="binary_cross_entropy",
        schedule=spec.OneCycle(),
        regularizers=(spec.L2(), spec.EarlyStopping(4)),
        batch_size=BATCH,
        num_epochs=4,
    )


def fitted(held: TrainingData, asked: spec.Training) -> Fit:
    """Train to completion."""
    return held.fit(asked, seed=3).run()


def assert_equal_fits(one: Fit, other: Fit, assert_same: Any) -> None:
    """Fail unless two fits are bit-for-bit equal."""
    assert one.iteration == other.iteration
    assert_same(one.history.iterations, other.history.iterations)
    assert_same(one.history.epochs, other.history.epochs)
    assert_same(one.result(), other.result())
    assert_same(one.last(), other.last())


@pytest.mark.parametrize(
    ("chunk_rows", "block"), [(64, 7), (64, None), (12, None), (50, 50)]
)
def test_exactly_shuffled_rows_train_to_the_same_bit(
    asked: spec.Training, assert_same: Any, chunk_rows: int, block: int | None
) -> None:
    train = streamed(TRAIN, chunk_rows, block=block)
    val = streamed(VAL, chunk_rows, block=block)
    assert train.exact and train.shuffle.startswith("exact")
    assert_equal_fits(
        fitted(training_data(train, val), asked),
        fitted(in_memory(), asked),
        assert_same,
    )


def test_each_epoch_sees_every_row_once_and_in_another_order() -> None:
    train = streamed(TRAIN, 16, block=5)
    size = train.chunk_size(BATCH)
    epochs = []
    for epoch in range(3):
        seen = []
        for index in range(-(-NUM_TRAIN // size)):
            rows, order = train.rows_and_order(7, epoch, start=index * size, size=size)
            assert (np.diff(rows) > 0).all()
            seen.append(rows[order])
        epochs.append(np.concatenate(seen))
        assert sorted(epochs[-1]) == list(range(NUM_TRAIN))
    assert not (epochs[0] == epochs[1]).all()
    assert "10 blocks of at most 5 neighboring rows" in train.shuffle
    assert "about 3 blocks at a time" in train.shuffle


@pytest.mark.parametrize("step", [1, 3, 7])
def test_a_streamed_training_can_be_cut_anywhere(
    asked: spec.Training, assert_same: Any, step: int
) -> None:
    held = training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16, block=5))
    fit = held.fit(asked, seed=3)
    while not fit.done:
        fit.advance(iterations=step)
    assert_equal_fits(fit, fitted(held, asked), assert_same)


@pytest.mark.parametrize("iterations", [2, 13, 21])
def test_a_streamed_training_is_taken_up_again_to_the_same_bit(
    asked: spec.Training, assert_same: Any, tmp_path: Path, iterations: int
) -> None:
    held = training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16, block=5))
    first = held.fit(asked, seed=3)
    first.advance(iterations=iterations)
    first.save(tmp_path / "fit")
    again = held.fit(asked, seed=3)
    again.restore(tmp_path / "fit")
    assert_equal_fits(again.run(), fitted(held, asked), assert_same)


def test_rows_that_were_released_are_read_again(
    asked: spec.Training, assert_same: Any
) -> None:
    reads: list[int] = []
    train = streamed(TRAIN, 16, block=5, reads=reads)
    held = training_data(train, streamed(VAL, 16, block=5))
    fit = held.fit(asked, seed=3)
    fit.advance(iterations=2)
    fit.batch_source._next[1].result()  # type: ignore[attr-defined]
    assert len(reads) == 2
    fit.release()
    fit.advance(iterations=1)
    fit.batch_source._next[1].result()  # type: ignore[attr-defined]
    assert len(reads) == 4
    assert_equal_fits(fit.run(), fitted(held, asked), assert_same)


def test_records_are_those_of_whole_epochs(asked: spec.Training) -> None:
    fit = fitted(training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16)), asked)
    memory = fitted(in_memory(), asked)
    names = ("iterations", "epochs")
    for name in names:
        ours, theirs = getattr(fit.history, name), getattr(memory.history, name)
        assert {k: v.shape for k, v in ours.items()} == {
            k: v.shape for k, v in theirs.items()
        }
        assert all(np.isfinite(values).all() for values in ours.values())
    rates = fit.history.iterations["learning_rate"]
    np.testing.assert_array_equal(rates, memory.history.iterations["learning_rate"])


def test_all_chunks_run_in_one_compiled_program(
    asked: spec.Training, compilations: list[float]
) -> None:
    held = training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16, block=5))
    held.fit(asked, seed=0).advance(iterations=1)
    before = len(compilations)
    fit = held.fit(asked, seed=1).run()
    assert len(compilations) == before
    assert fit.program.num_traces == 1


def test_no_more_than_a_chunk_is_read_at_once(asked: spec.Training) -> None:
    reads: list[int] = []
    train = streamed(TRAIN, 16, block=5, reads=reads)
    fit = training_data(train, streamed(VAL, 16)).fit(asked, seed=0)
    assert reads == []
    fit.step()
    fit.batch_source._next[1].result()  # type: ignore[attr-defined]
    assert reads == [16, 16]  # the current chunk and the next one
    fit.run()
    assert max(reads) == 16
    assert sum(reads) == 4 * NUM_TRAIN


def test_rows_that_fit_into_a_chunk_are_read_once(asked: spec.Training) -> None:
    reads: list[int] = []
    train = streamed(TRAIN, 64, block=5, reads=reads)
    fitted(training_data(train, streamed(VAL, 64)), asked)
    assert reads == [NUM_TRAIN]


def test_scores_and_costs_are_those_in_memory(asked: spec.Training) -> None:
    held, memory = training_data(streamed(TRAIN, 16), streamed(VAL, 6)), in_memory()
    fit = fitted(memory, asked)
    model = fit.last().model
    assert isinstance(held.val, Streamed) and isinstance(memory.val, Examples)
    found = fit.program.scores(model, fit.hyperparameters, held.val)
    np.testing.assert_array_equal(
        found, fit.program.scores(model, fit.hyperparameters, memory.val)
    )
    np.testing.assert_array_equal(held.val.targets, VAL[1])
    ours, theirs = (
        fit.program.costs(fit.state, fit.hyperparameters, part)
        for part in (held.val, memory.val)
    )
    assert ours == theirs


def test_the_next_batch_is_probed(asked: spec.Training, assert_same: Any) -> None:
    one = training_data(streamed(TRAIN, 12), streamed(VAL, 12)).fit(asked, seed=3)
    other = in_memory().fit(asked, seed=3)
    for fit in (one, other):
        fit.advance(iterations=5)
    assert_same(one.probe(), other.probe())


def test_a_fault_in_reading_is_raised_where_it_is_asked_for(
    asked: spec.Training,
) -> None:
    train = streamed(TRAIN, 16, block=5)
    fit = training_data(train, streamed(VAL, 16)).fit(asked, seed=0)
    fit.step()

    def broken(rows: np.ndarray) -> Any:
        raise InputError("the file is gone")

    object.__setattr__(train, "read", broken)
    with pytest.raises(InputError, match="the file is gone"):
        fit.run()


def test_a_batch_of_all_streamed_rows_is_refused(asked: spec.Training) -> None:
    held = training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16))
    whole = asked.model_copy(update={"batch_size": "all"})
    with pytest.raises(InputError, match='`batch_size != "all"` must hold'):
        held.fit(whole, seed=0)


def test_a_batch_may_be_larger_than_a_chunk(asked: spec.Training) -> None:
    held = training_data(streamed(TRAIN, 16, block=5), streamed(VAL, 16))
    large = asked.model_copy(update={"batch_size": 20})
    fit = fitted(held, large)
    assert fit.iterations_per_epoch == 3
    assert fit.iteration == 12
