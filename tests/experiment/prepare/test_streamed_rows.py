"""The protocol gives the same results on streamed rows as in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import assay
from assay import spec
from assay.data.table import _chunks as _stream

NUM_ROWS = 300

NET: dict[str, Any] = {
    "model": [spec.Dense(8), spec.ReLU(), spec.Dropout(0.1)],
    "batch_size": 16,
    "num_epochs": 4,
    "seed": 5,
}


@pytest.fixture(scope="module")
def stored(
    cells: Callable[..., pl.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The table of cells as a Parquet file."""
    path = tmp_path_factory.mktemp("stored") / "cells.parquet"
    cells(NUM_ROWS).write_parquet(path)
    return path


@pytest.fixture(scope="module")
def memory(
    make_experiment: Callable[..., assay.Experiment],
    stored: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> assay.Run:
    """A run on the table of cells that reads all rows before training."""
    experiment = make_experiment(str(stored), target="kind", **NET)
    return experiment.run(runs=tmp_path_factory.mktemp("memory"))


def without_clock(summary: Any, *names: str) -> dict[str, Any]:
    """Return a summary without the values that differ between runs."""
    left_out = {"run", "timings", "hyperparameters", "findings", *names}
    return {name: part for name, part in summary.items() if name not in left_out}


@pytest.mark.slow
def test_rows_of_one_chunk_give_the_same_result(
    run_quickly: Callable[..., assay.Run], stored: Path, memory: assay.Run
) -> None:
    streamed = run_quickly(str(stored), target="kind", stream=True, **NET)
    summary = without_clock(streamed.summary)
    streaming = summary["data"].pop("streaming")
    expected = without_clock(memory.summary)
    assert expected["data"].pop("streaming") is None
    assert summary["data"].pop("notes")[0] == streaming["reason"]
    expected["data"].pop("notes")
    assert summary == expected
    assert streaming["shuffle"].startswith("exact")
    for name in ("iterations.parquet", "epochs.parquet"):
        one, other = (pl.read_parquet(run.path / name) for run in (streamed, memory))
        assert one.equals(other, null_equal=True)
    frame = pl.read_parquet(stored)
    np.testing.assert_array_equal(streamed.predict(frame), memory.predict(frame))


@pytest.fixture
def tiny_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use chunks of 64 prepared rows and blocks of 8 rows."""
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 8 * 64)


@pytest.mark.usefixtures("tiny_chunks")
def test_many_chunks_go_through_the_whole_protocol(
    run_quickly: Callable[..., assay.Run], stored: Path, memory: assay.Run
) -> None:
    streamed = run_quickly(str(stored), target="kind", stream=True, **NET)
    one, other = streamed.summary, memory.summary
    assert one["split"] == other["split"]
    assert one["data"]["fingerprint"] == other["data"]["fingerprint"]
    assert one["test"]["num_examples"] == other["test"]["num_examples"] == 45
    assert one["refit"]["num_examples"] == other["refit"]["num_examples"]
    assert one["test"]["value"] == pytest.approx(other["test"]["value"], abs=0.1)
    streaming = one["data"]["streaming"]
    assert streaming["rows_measured"] == 128
    assert streaming["reason"].startswith("Rows are streamed (")
    assert streaming["reason"] in str(streamed)
    assert "approximate: each epoch permutes" in str(streamed)
    assert [b["name"] for b in one["baselines"]] == ["majority", "linear model"]


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_chunks")
def test_streamed_runs_repeat_and_count_their_openings(
    run_quickly: Callable[..., assay.Run], stored: Path
) -> None:
    fields = NET | {"data": str(stored), "target": "kind", "stream": True}
    runs = [run_quickly(**fields) for _ in range(2)]
    assert [run.test.openings for run in runs] == [1, 2]
    for name in ("test", "metrics", "train"):
        one, other = ({**run.summary[name]} for run in runs)
        one.pop("openings", None), other.pop("openings", None)
        assert one == other
    assert run_quickly(**(fields | {"stream": False})).test.openings == 3


@pytest.mark.usefixtures("tiny_chunks")
@pytest.mark.parametrize("split", [{"by": "group", "column": "age"}, {"by": "random"}])
def test_numbers_are_predicted_from_streamed_rows(
    run_quickly: Callable[..., assay.Run],
    prices: Callable[..., pl.DataFrame],
    tmp_path: Path,
    split: dict[str, str],
) -> None:
    num_rows = 600  # two chunks, because the rows are narrow
    frame = prices(num_rows)
    frame = frame.with_columns(age=pl.Series(np.arange(num_rows) % 37))
    frame.write_parquet(tmp_path / "prices.parquet")
    run = run_quickly(
        str(tmp_path / "prices.parquet"),
        target="price",
        ignore=[] if split["by"] == "group" else ["age"],  # a group is no feature
        stream=True,
        split=split,
        **(NET | {"model": [], "num_epochs": 10}),
        optimizer=spec.Adam(0.2),
    )
    assert run.test.metric == "rmse"
    assert run.summary["metrics"]["r2"]["value"] > 0.9


@pytest.mark.usefixtures("tiny_chunks")
def test_predictions_are_made_block_by_block(
    cells_run: assay.Run,
    cells: Callable[..., pl.DataFrame],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = cells(NUM_ROWS)
    (tmp_path / "parts").mkdir()
    frame.write_parquet(tmp_path / "cells.parquet")
    frame[:100].write_parquet(tmp_path / "parts" / "a.parquet")
    frame[100:].write_parquet(tmp_path / "parts" / "b.parquet")
    streamed = assay.data.load(tmp_path / "parts", target="kind", stream=True)
    expected = cells_run.predict(frame)
    heights = []
    run_inputs = assay.experiment.Model.predict_inputs

    def counting(self: Any, inputs: Any) -> np.ndarray:
        heights.append(len(inputs))
        return run_inputs(self, inputs)

    monkeypatch.setattr(assay.experiment.Model, "predict_inputs", counting)
    for source in (tmp_path / "cells.parquet", tmp_path / "parts", streamed):
        found = cells_run.predict(source)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert max(heights) <= 128
    assert cells_run.model.predict_frame(tmp_path / "parts").height == NUM_ROWS
    frame.drop("size").write_parquet(tmp_path / "lacking.parquet")
    with pytest.raises(assay.InputError, match="Feature columns are missing"):
        cells_run.predict(tmp_path / "lacking.parquet")


@pytest.mark.usefixtures("tiny_chunks")
def test_a_search_on_streamed_rows(
    run_quickly: Callable[..., assay.Run], stored: Path
) -> None:
    dropout = spec.Dropout(spec.Uniform(0.0, 0.5))
    searched: dict[str, Any] = {"num_epochs": 1}
    searched["tune"] = spec.Tune(num_trials=3, group_size=2)
    searched["model"] = [*NET["model"][:-1], dropout]
    run = run_quickly(str(stored), target="kind", stream=True, **(NET | searched))
    assert run.summary["tune"]["num_trials"] == 3


def test_an_experiment_file_can_ask_for_streaming(stored: Path) -> None:
    experiment = spec.Experiment(data=str(stored), target="kind", stream=True)
    assert spec.Experiment(**experiment.to_data()).stream is True
    assert spec.Experiment(data="iris").stream == "auto"
    with pytest.raises(assay.InputError, match="stream"):
        spec.Experiment(data="iris", stream="often")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Write a folder of small images of two classes, bright on the left or dark."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(60):
        pixels = rng.integers(0, 100, (8, 8)).astype(np.uint8)
        pixels[:, :4] += np.uint8(120 * (number % 2))
        folder = tmp_path / "pictures" / ("left" if number % 2 else "dark")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return tmp_path / "pictures"


@pytest.mark.slow
def test_images_are_streamed_and_shuffled_exactly(
    run_quickly: Callable[..., assay.Run],
    pictures: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fields = NET | {"model": [spec.Flatten()], "augment": [spec.Jitter(0.1)]}
    memory = run_quickly(str(pictures), **fields, runs=pictures.parent / "memory")
    one_chunk = run_quickly(
        str(pictures), stream=True, **fields, runs=pictures.parent / "one"
    )
    monkeypatch.setattr(_stream, "CHUNK_NUMBERS", 16 * 64)
    several = run_quickly(
        str(pictures), stream=True, **fields, runs=pictures.parent / "several"
    )
    expected = memory.summary
    for run in (one_chunk, several):
        described: Any = run.summary["data"]
        assert described["streaming"]["shuffle"].startswith("exact")
        assert described["fingerprint"] == expected["data"]["fingerprint"]
        assert run.summary["split"] == expected["split"]
    assert one_chunk.summary["metrics"] == expected["metrics"]
    one, other = (
        pl.read_parquet(run.path / "iterations.parquet") for run in (several, memory)
    )
    # means and spreads are merged chunk by chunk, so rounding differs
    np.testing.assert_allclose(one["cost"], other["cost"], rtol=1e-3)
    predicted = (run.predict(str(pictures)) for run in (several, memory))
    np.testing.assert_allclose(*predicted, atol=1e-3)
