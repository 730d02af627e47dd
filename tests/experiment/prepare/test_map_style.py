"""The protocol supports objects that return their examples one by one."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import assay
from assay import spec
from assay.data.table import _chunks as _stream

NUM_ROWS = 400


class Examples:
    """A map-style source of arrays."""

    def __init__(self, inputs: np.ndarray, targets: np.ndarray) -> None:
        self.inputs, self.targets = inputs, targets

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, row: int) -> dict[str, Any]:
        return {"inputs": self.inputs[row], "target": self.targets[row]}


def drawn(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw inputs and two classes that depend on the first half of the inputs."""
    inputs = np.random.default_rng(0).normal(size=(NUM_ROWS, *shape))
    half = inputs[:, : shape[0] // 2].reshape(NUM_ROWS, -1)
    return inputs.astype(np.float32), (half.mean(axis=1) > 0).astype(np.int64)


NET: dict[str, Any] = {"num_epochs": 4, "batch_size": 16, "seed": 5}
TABLE = [spec.Dense(8), spec.ReLU(), spec.Dropout(0.1)]
FORMS = [
    (6,),
    pytest.param((6, 6, 1), marks=pytest.mark.slow),
    pytest.param((8, 3), marks=pytest.mark.slow),
]


def fields_of(shape: tuple[int, ...]) -> dict[str, Any]:
    """Return the network of a form of inputs, and how it is trained."""
    model = TABLE if len(shape) == 1 else [spec.Flatten()]
    augment = [spec.Jitter(0.1)] if len(shape) == 3 else []
    return NET | {"model": model, "augment": augment}


@pytest.fixture(scope="module")
def in_memory(
    make_experiment: Callable[..., assay.Experiment],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., assay.Run]:
    """A function that runs on each form of the arrays once for all tests."""

    @functools.cache
    def run(shape: tuple[int, ...]) -> assay.Run:
        runs = tmp_path_factory.mktemp("memory")
        return make_experiment(drawn(*shape), **fields_of(shape)).run(runs=runs)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("shape", FORMS)
def test_one_chunk_gives_the_same_result_bit_for_bit(
    run_quickly: Callable[..., assay.Run],
    in_memory: Callable[..., assay.Run],
    shape: Any,
) -> None:
    arrays, fields = drawn(*shape), fields_of(shape)
    memory = in_memory(shape)
    streamed = run_quickly(Examples(*arrays), **fields)
    summary: Any = streamed.summary
    expected: Any = memory.summary
    for part in ("split", "test", "metrics", "baselines", "train", "refit"):
        assert summary[part] == expected[part]
    assert summary["data"]["fingerprint"] == expected["data"]["fingerprint"]
    streaming = summary["data"]["streaming"]
    assert streaming["shuffle"].startswith("exact")
    reason = "Rows are streamed (source[i] is called when needed)."
    assert streaming["reason"] == reason
    for name in ("iterations.parquet", "epochs.parquet"):
        one, other = (pl.read_parquet(run.path / name) for run in (streamed, memory))
        assert one.equals(other, null_equal=True)
    new = arrays[0][::-1]
    np.testing.assert_array_equal(streamed.predict(new), memory.predict(new))


@pytest.mark.parametrize("shape", FORMS)
def test_many_chunks_differ_only_by_the_rounding_of_means(
    run_quickly: Callable[..., assay.Run],
    in_memory: Callable[..., assay.Run],
    monkeypatch: pytest.MonkeyPatch,
    shape: Any,
) -> None:
    # Means and spreads are merged chunk by chunk; the batches contain the same rows.
    arrays, fields = drawn(*shape), fields_of(shape)
    memory = in_memory(shape)
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 64 * int(np.prod(shape)))
    source = Examples(*arrays)
    streamed = run_quickly(source, **fields)
    one, other = (
        pl.read_parquet(run.path / "iterations.parquet") for run in (streamed, memory)
    )
    np.testing.assert_allclose(one["cost"], other["cost"], rtol=1e-3, atol=1e-5)
    described: Any = streamed.summary["data"]
    assert described["streaming"]["chunk_rows"] == 64
    expected = memory.predict(arrays[0])
    np.testing.assert_allclose(streamed.predict(arrays[0]), expected, atol=1e-3)
    np.testing.assert_allclose(streamed.predict(source), expected, atol=1e-3)
    assert streamed.model.predict_frame(source).height == NUM_ROWS


@pytest.mark.slow
def test_a_stopped_run_is_resumed_with_the_same_examples(
    make_experiment: Callable[..., assay.Experiment], tmp_path: Path
) -> None:
    arrays = drawn(6)
    fields = NET | {"model": TABLE, "tune": spec.Tune(num_trials=2)}

    class Stop(assay.experiment.Observer):
        def stage(self, name: str, detail: str = "") -> None:
            if name == "refit":
                raise KeyboardInterrupt

    whole = make_experiment(Examples(*arrays), **fields).run(
        out=tmp_path / "whole" / "a"
    )
    with pytest.raises(assay.Interrupted, match="resume=True"):
        make_experiment(Examples(*arrays), **fields).run(
            out=tmp_path / "cut" / "a", observer=Stop()
        )
    again = make_experiment(Examples(*arrays)).run(
        out=tmp_path / "cut" / "a", resume=True
    )
    for part in ("test", "metrics", "tune"):
        assert again.summary[part] == whole.summary[part]
    loaded = assay.load(tmp_path / "cut" / "a")
    np.testing.assert_array_equal(loaded.predict(arrays[0]), whole.predict(arrays[0]))


@pytest.mark.slow
def test_a_run_is_not_resumed_with_other_examples(
    make_experiment: Callable[..., assay.Experiment], tmp_path: Path
) -> None:
    inputs, targets = drawn(6)
    out = tmp_path / "runs" / "a"
    make_experiment(Examples(inputs, targets)).run(out=out)
    (out / "run.json").unlink()
    other = Examples(inputs, targets.copy())
    other.targets[0] = 1 - targets[0]
    with pytest.raises(assay.InputError, match="started on different data"):
        make_experiment(other).run(out=out, resume=True)


def test_numbers_are_predicted_from_examples(
    run_quickly: Callable[..., assay.Run], tmp_path: Path
) -> None:
    inputs, _ = drawn(6)
    prices = 40 + 3 * inputs[:, 0].astype(np.float64)
    run = run_quickly(Examples(inputs, prices), num_epochs=60, optimizer=spec.Adam(0.1))
    assert run.test.metric == "rmse"
    metrics: Any = run.summary["metrics"]
    assert metrics["r2"]["value"] > 0.9
