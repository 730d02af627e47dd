"""Requests that wait at the same time share a forward pass, and none gets lost."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

import assay
from assay.serving._batcher import Batcher
from assay.serving._passes import Passes
from assay.serving._refusal import Refusal
from assay.serving._together import predict_together


def test_many_clients_get_their_own_answers(serve, iris_run):
    frame = assay.data.load("iris").frame
    wanted = iris_run.predict(frame)
    rows = frame.rows()
    rng = np.random.default_rng(0)
    asked = [rng.integers(0, len(rows), rng.integers(1, 40)) for _ in range(200)]
    with serve(iris_run) as (client, _), ThreadPoolExecutor(8) as pool:

        def ask(places):
            body = {"rows": [rows[place] for place in places]}
            return client.post("/predict", json=body).json()["predictions"]

        answers = list(pool.map(ask, asked))
    for places, answer in zip(asked, answers, strict=True):
        got = [list(one["probabilities"].values()) for one in answer]
        np.testing.assert_allclose(got, wanted[places], rtol=1e-5, atol=1e-7)


def test_waiting_requests_share_a_pass():
    entered, leave = threading.Event(), threading.Event()
    sizes = []

    def predict(requests):
        sizes.append([len(one) for one in requests])
        entered.set()
        leave.wait(60)
        return [one * 2 for one in requests]

    async def main():
        batcher = Batcher(predict, most_rows=6)
        batcher.start()
        asked = [np.full(n, float(n)) for n in (1, 2, 3, 4, 5)]
        tasks = [asyncio.create_task(batcher.predict(a, len(a))) for a in asked]
        await asyncio.to_thread(entered.wait, 60)
        await asyncio.sleep(0.05)  # the others arrive meanwhile
        tasks[2].cancel()  # its client has gone
        leave.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(batcher.close)
        return asked, results

    asked, results = asyncio.run(main())
    assert isinstance(results.pop(2), asyncio.CancelledError)
    asked.pop(2)
    for one, result in zip(asked, results, strict=True):
        np.testing.assert_array_equal(result, one * 2)
    assert sum(map(len, sizes)) == 5
    assert len(sizes) < 5


def test_a_failing_pass_is_reported_and_the_next_one_works():
    def predict(requests):
        if requests[0][0] < 0:
            raise ValueError("negative")
        return list(requests)

    async def main():
        batcher = Batcher(predict, most_rows=8)
        batcher.start()
        with pytest.raises(ValueError, match="negative"):
            await batcher.predict(np.array([-1.0]), 1)
        answer = await batcher.predict(np.array([1.0]), 1)
        await asyncio.to_thread(batcher.close)
        return answer

    assert asyncio.run(main()) == [1.0]


def test_requests_with_faults_do_not_harm_others(cells_run, cells):
    passes = Passes(cells_run.model)
    columns = list(cells_run.model.preparation.columns)
    good = cells.select(columns)
    new = good.head(3).with_columns(color=pl.Series(["red", "gold", None]))
    bad = good.head(2).with_columns(size=pl.Series([1.0, float("inf")]))
    typed = good.head(4).with_columns(pl.col("size").cast(pl.String))
    wrong = typed.with_columns(size=pl.lit("large"))
    frames = [good, bad, new, typed, wrong, good.head(1)]
    answers = predict_together(passes, frames)
    for place in (1, 4):
        assert isinstance(answers[place], assay.InputError)
    for place in (0, 2, 3, 5):
        wanted = cells_run.predict(frames[place])
        got = answers[place].predictions
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-7)
    assert [len(answers[place].unseen) for place in (0, 2, 3, 5)] == [0, 1, 0, 0]
    assert answers[2].unseen[0].num_unseen == 1


def test_too_many_waiting_rows_are_refused():
    async def main():
        batcher = Batcher(lambda requests: list(requests), most_rows=8)
        with pytest.raises(Refusal) as refused:
            await batcher.predict(np.zeros(1), 10**6)
        return refused.value

    refusal = asyncio.run(main())
    assert (refusal.status, refusal.headers) == (503, {"retry-after": "1"})


def test_waiting_requests_are_answered_before_closing():
    leave = threading.Event()

    def predict(requests):
        leave.wait(60)
        return list(requests)

    async def main():
        batcher = Batcher(predict, most_rows=1)
        batcher.start()
        tasks = [asyncio.create_task(batcher.predict(np.ones(1), 1)) for _ in range(4)]
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(asyncio.to_thread(batcher.close))
        leave.set()
        await closing
        return await asyncio.gather(*tasks)

    assert len(asyncio.run(main())) == 4


def test_no_number_of_rows_compiles_a_program(iris_run, series_run, compilations):
    rng = np.random.default_rng(0)
    for run in (iris_run, series_run):
        passes = Passes(run.model)
        passes.compile()
        compilations.clear()
        for count in (1, 7, 8, 9, 33, 300, 513, 1200):
            requests = [_inputs(run, rng, count), _inputs(run, rng, 2)]
            first, second = passes.predict(requests)
            assert (len(first), len(second)) == (count, 2)
            wanted = run.model.predict_inputs(requests[1])
            np.testing.assert_allclose(second, wanted, rtol=1e-5, atol=1e-7)
        assert not compilations


def _inputs(run, rng, count):
    shape = run.model.preparation.input_shape
    values = rng.normal(size=(count, *shape)).astype(np.float32)
    if len(shape) == 1:
        return values
    lengths = rng.integers(1, shape[0] + 1, count).astype(np.int32)
    return {"values": values, "lengths": lengths}
