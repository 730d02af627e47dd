"""A quick end-to-end test of the whole product, to run first."""

import json

import numpy as np
import polars as pl

import assay
from assay.cli import main
from assay.records import summary_faults


def test_from_a_table_to_a_trusted_number(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run = assay.Experiment(
        data="iris",
        model=[assay.Dense(8), assay.ReLU()],
        optimizer=assay.Adam(learning_rate=assay.log(1e-3, 1e-1)),
        num_epochs=30,
        tune=assay.Tune(num_trials=2),
        seed=1,
    ).run()
    assert summary_faults(run.summary) == []
    assert run.test.num_examples == 23
    assert run.test.interval[0] <= run.test.value <= run.test.interval[1]
    assert run.test.value > 0.6
    assert "TEST" in repr(run)
    assert run._repr_html_().startswith("<table>")

    # the saved model is the trained model
    features = assay.data.load("iris").frame
    again = assay.load(run.path)
    np.testing.assert_array_equal(again.predict(features), run.predict(features))

    # the command line gives the same result
    capsys.readouterr()
    assert main(["show", "iris-1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == run.summary
    features.write_csv("new.csv")
    assert main(["predict", "iris-1", "new.csv", "-o", "out.parquet"]) == 0
    predicted = pl.read_parquet("out.parquet")["prediction"]
    classes = np.array(run.summary["data"]["classes"])
    assert predicted.to_list() == classes[run.predict(features).argmax(axis=1)].tolist()
