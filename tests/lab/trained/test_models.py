"""The pages show what the engine computes with trained models and examples."""

import numpy as np
import pytest

import assay
from assay.lab.trained._examples import shown


@pytest.fixture
def ask(client, with_runs):
    def get(path, body=None):
        address = f"/api/runs/{path}"
        answer = (
            client.get(address) if body is None else client.post(address, json=body)
        )
        return answer.json()

    return get


def test_the_hardest_examples_are_rows_of_val(ask, with_runs):
    found = ask("digits-1/worst")
    run = assay.load(with_runs / "digits-1")
    parts = run.folder.read_npz("split.npz")
    rows = [one["row"] for one in found["examples"]]
    assert set(rows) <= set(parts["val"].tolist())
    losses = [one["loss"] for one in found["examples"]]
    assert losses == sorted(losses, reverse=True)
    dataset = assay.data.load("digits")
    first = found["examples"][0]
    probabilities = run.model.predict(dataset, rows=np.array([first["row"]]))[0]
    assert first["loss"] == pytest.approx(
        -np.log(probabilities[first["target"]]), rel=1e-5
    )
    assert first["confidence"] == pytest.approx(probabilities.max(), rel=1e-5)
    assert first["example"]["kind"] == "image"
    assert np.shape(first["example"]["values"]) == (8, 8)


def test_important_inputs_have_intervals_around_their_value(ask):
    found = ask("iris-1/importance")
    assert len(found["inputs"]) == 4 and found["grid"] is None
    for one in found["inputs"]:
        assert one["interval"][0] <= one["value"] <= one["interval"][1]
    assert ask("digits-1/importance")["grid"] == [8, 8]


def test_rows_of_train_are_shown_but_those_of_test_are_not(ask, with_runs):
    found = ask("iris-1/rows?part=train")
    parts = assay.load(with_runs / "iris-1").folder.read_npz("split.npz")
    rows = [one["row"] for one in found["examples"]]
    assert rows == sorted(parts["train"].tolist())[: len(rows)]
    assert "not shown" in ask("iris-1/rows?part=test")["error"]


def test_a_typed_example_is_predicted_as_by_the_model(ask, with_runs):
    columns = ask("iris-1/predict")["columns"]
    row = {column["name"]: column["value"] for column in columns}
    found = ask("iris-1/predict", {"row": row})
    model = assay.load(with_runs / "iris-1").model
    wanted = model.predict({name: [value] for name, value in row.items()})[0]
    got = [v for k, v in found["rows"][0].items() if k.startswith("probability_")]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
    made = found["made"]
    assert sum(t["value"] for t in made["terms"]) + made["rest"] == pytest.approx(
        made["value"], rel=1e-4
    )


def test_a_dropped_table_is_predicted(client, ask, with_runs):
    text = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n"
    table = text + "5.1,3.5,1.4,0.2\n6.3,3.3,6.0,2.5\n"
    headers = {"X-File-Name": "new.csv"}
    stored = client.post("/api/uploads", content=table.encode(), headers=headers).json()
    found = ask("iris-1/predict", {"upload": stored["upload"]})
    assert found["num_rows"] == 2
    assert "made" not in found


@pytest.mark.parametrize(
    "body", [{}, {"row": {"a": 1}}, {"upload": "x/y.csv"}, {"row": [1, 2]}]
)
def test_examples_that_do_not_fit_give_a_message(ask, body):
    assert ask("iris-1/predict", body)["error"]


def test_unfinished_runs_have_no_model(ask, with_runs):
    (with_runs / "iris-1" / "run.json").unlink()
    assert "has not finished" in ask("iris-1/predict")["error"]


def test_examples_are_shown_as_what_they_are():
    images = np.random.default_rng(0).random((30, 6, 5)).astype(np.float32)
    classes = np.arange(30) % 2
    dataset = assay.data.load((images, classes))
    found = shown(dataset, 3)
    assert found["kind"] in ("image", "sequence")
    np.testing.assert_allclose(np.squeeze(found["values"]), images[3], rtol=1e-6)
    assert shown(assay.data.load("iris"), 0)["cells"]["sepal length (cm)"] == 5.1


def test_an_example_of_the_run_is_predicted_and_explained(ask, with_runs):
    found = ask("digits-1/predict", {"example": 0})
    run = assay.load(with_runs / "digits-1")
    assert found["row"] == run.folder.read_npz("split.npz", "val")["val"].min()
    dataset = assay.data.load("digits")
    wanted = run.model.predict(dataset, rows=np.array([found["row"]]))[0]
    assert str(found["target"]) == str(
        dataset.task.classes[dataset.target[found["row"]]]
    )
    got = [v for k, v in found["rows"][0].items() if k.startswith("probability_")]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
    assert found["made"]["then"][0].endswith(f"= {wanted.max():.4g}")


@pytest.mark.parametrize("place", [-1, 10**9])
def test_examples_never_come_from_test(ask, with_runs, place):
    row = ask("iris-1/predict", {"example": place})["row"]
    parts = assay.load(with_runs / "iris-1").folder.read_npz("split.npz")
    assert row not in parts["test"]


def test_the_explanation_ends_at_the_number_that_is_predicted(ask, with_runs):
    columns = ask("diabetes-1/predict")["columns"]
    row = {column["name"]: column["value"] for column in columns}
    found = ask("diabetes-1/predict", {"row": row})
    prediction = found["rows"][0]["prediction"]
    assert found["made"]["then"][-1].endswith(f"= {prediction:.4g}")


def test_sequences_name_their_channels(tmp_path):
    lines = ["machine,minute,heat,speed,fault"]
    for machine in range(12):
        fault = "yes" if machine % 2 else "no"
        lines += [f"m{machine},{t},{60 + t},{t % 3},{fault}" for t in range(5)]
    (tmp_path / "machines.csv").write_text("\n".join(lines))
    dataset = assay.data.load(
        tmp_path / "machines.csv",
        target="fault",
        series_column="machine",
        time_column="minute",
    )
    found = shown(dataset, 0)
    assert found["channels"] == ["heat", "speed"]
    assert np.shape(found["values"])[1] == 2
