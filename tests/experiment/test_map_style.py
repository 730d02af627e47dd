"""The protocol on examples that an object in Python gives one by one."""

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
    """Draw inputs, and two classes that depend on their first half."""
    inputs = np.random.default_rng(0).normal(size=(NUM_ROWS, *shape))
    half = inputs[:, : shape[0] // 2].reshape(NUM_ROWS, -1)
    return inputs.astype(np.float32), (half.mean(axis=1) > 0).astype(np.int64)


NET: dict[str, Any] = {"num_epochs": 4, "batch_size": 16, "seed": 5}
TABLE = [spec.Dense(8), spec.ReLU(), spec.Dropout(0.1)]
FORMS = [
    ((6,), TABLE),
    pytest.param((6, 6, 1), [spec.Flatten()], marks=pytest.mark.slow),
    pytest.param((8, 3), [spec.Flatten()], marks=pytest.mark.slow),
]


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "model"), FORMS)
def test_one_chunk_ends_in_the_same_result_to_the_bit(
    quickly: Callable[..., assay.Run], tmp_path: Path, shape: Any, model: Any
) -> None:
    arrays, asked = drawn(*shape), NET | {"model": model}
    memory = quickly(arrays, **asked, runs=tmp_path / "memory")
    streamed = quickly(Examples(*arrays), **asked, runs=tmp_path / "streamed")
    said: Any = streamed.summary
    expected: Any = memory.summary
    for part in ("split", "test", "metrics", "baselines", "train", "refit"):
        assert said[part] == expected[part]
    assert said["data"]["fingerprint"] == expected["data"]["fingerprint"]
    how = said["data"]["streaming"]
    assert how["shuffle"].startswith("exact")
    assert how["reason"] == "Rows are streamed: source[i] is called when needed."
    for name in ("iterations.parquet", "epochs.parquet"):
        one, other = (pl.read_parquet(run.path / name) for run in (streamed, memory))
        assert one.equals(other, null_equal=True)
    new = arrays[0][::-1]
    np.testing.assert_array_equal(streamed.predict(new), memory.predict(new))


@pytest.mark.parametrize(("shape", "model"), FORMS)
def test_many_chunks_differ_by_the_rounding_of_means_alone(
    quickly: Callable[..., assay.Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shape: Any,
    model: Any,
) -> None:
    # Means and spreads are merged chunk by chunk; batches are the same rows.
    arrays, asked = drawn(*shape), NET | {"model": model}
    memory = quickly(arrays, **asked, runs=tmp_path / "memory")
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 64 * int(np.prod(shape)))
    source = Examples(*arrays)
    streamed = quickly(source, **asked, runs=tmp_path / "streamed")
    one, other = (
        pl.read_parquet(run.path / "iterations.parquet") for run in (streamed, memory)
    )
    np.testing.assert_allclose(one["cost"], other["cost"], rtol=1e-3, atol=1e-5)
    said: Any = streamed.summary["data"]
    assert said["streaming"]["chunk_rows"] == 64
    expected = memory.predict(arrays[0])
    np.testing.assert_allclose(streamed.predict(arrays[0]), expected, atol=1e-3)
    np.testing.assert_allclose(streamed.predict(source), expected, atol=1e-3)
    assert streamed.model.predict_frame(source).height == NUM_ROWS


@pytest.mark.slow
def test_a_stopped_run_goes_on_when_it_is_given_the_examples_again(
    ask: Callable[..., assay.Experiment], tmp_path: Path
) -> None:
    arrays = drawn(6)
    asked = NET | {"model": TABLE, "tune": spec.Tune(num_trials=2)}

    class Stop(assay.experiment.Observer):
        def stage(self, name: str, detail: str = "") -> None:
            if name == "refit":
                raise KeyboardInterrupt

    whole = ask(Examples(*arrays), **asked).run(out=tmp_path / "whole" / "a")
    with pytest.raises(assay.Interrupted, match="resume=True"):
        ask(Examples(*arrays), **asked).run(out=tmp_path / "cut" / "a", observer=Stop())
    again = ask(Examples(*arrays)).run(out=tmp_path / "cut" / "a", resume=True)
    for part in ("test", "metrics", "tune"):
        assert again.summary[part] == whole.summary[part]
    loaded = assay.load(tmp_path / "cut" / "a")
    np.testing.assert_array_equal(loaded.predict(arrays[0]), whole.predict(arrays[0]))


@pytest.mark.slow
def test_a_run_does_not_go_on_with_other_examples(
    ask: Callable[..., assay.Experiment], tmp_path: Path
) -> None:
    inputs, targets = drawn(6)
    out = tmp_path / "runs" / "a"
    ask(Examples(inputs, targets)).run(out=out)
    (out / "run.json").unlink()
    other = Examples(inputs, targets.copy())
    other.targets[0] = 1 - targets[0]
    with pytest.raises(assay.InputError, match="begun on other data"):
        ask(other).run(out=out, resume=True)


def test_numbers_are_predicted_from_examples(
    quickly: Callable[..., assay.Run], tmp_path: Path
) -> None:
    inputs, _ = drawn(6)
    prices = 40 + 3 * inputs[:, 0].astype(np.float64)
    run = quickly(Examples(inputs, prices), num_epochs=60, optimizer=spec.Adam(0.1))
    assert run.test.metric == "rmse"
    metrics: Any = run.summary["metrics"]
    assert metrics["r2"]["value"] > 0.9
