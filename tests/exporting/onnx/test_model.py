"""An ONNX file maps raw rows to the predictions of Assay."""

import json

import numpy as np
import pytest
from exported_models import EXAMPLES, example, model_of

from assay import costs, data, spec
from assay.exporting.onnx._export import onnx_bytes
from assay.exporting.onnx._links import LINKS
from assay.exporting.onnx.columns._registry import COLUMNS

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def raw_inputs(columns, session):
    """Return raw columns in the types of the inputs of an ONNX model."""
    inputs = {}
    for declared in session.get_inputs():
        values = columns[declared.name]
        if declared.type == "tensor(string)":
            if not isinstance(values[0], list):
                values = ["" if value is None else value for value in values]
            inputs[declared.name] = np.array(values, dtype=object)
        elif np.asarray(values).dtype.kind == "M":
            inputs[declared.name] = values.astype("datetime64[us]").astype(np.int64)
        else:
            inputs[declared.name] = values
    return inputs


@pytest.mark.parametrize("name", EXAMPLES)
def test_predictions_equal_those_of_assay(name):
    model, dataset, columns = example(name)
    session = onnxruntime.InferenceSession(onnx_bytes(model, name))
    (outputs,) = session.run(None, raw_inputs(columns, session))
    wanted = model.predict(dataset)
    assert outputs.dtype == wanted.dtype
    np.testing.assert_allclose(outputs, wanted, rtol=1e-5, atol=1e-5)


def test_unseen_categories_and_missing_values():
    model, _, columns = example("regression")
    changed = {name: list(values)[:3] for name, values in columns.items()}
    sure = [bool(value) for value in changed["sure"]]
    changed["city"] = ["Rome", None, "Bern"]
    changed["code"] = ["new", "code 1", None]
    changed["large"] = [float("nan"), 1e308, 0.0]
    changed["day"] = np.array(["NaT", "1900-03-01", "2024-02-29T12:30"], "M8[us]")
    session = onnxruntime.InferenceSession(onnx_bytes(model, "rows"))
    arrays = {
        k: v if k in ("city", "code") else np.array(v) for k, v in changed.items()
    }
    (outputs,) = session.run(None, raw_inputs(arrays, session))
    np.testing.assert_allclose(
        outputs, model.predict(changed | {"sure": sure}), rtol=1e-5
    )


def test_the_file_says_what_goes_in_and_comes_out():
    read = onnx.load_from_string(onnx_bytes(example("binary").model, "run"))
    about = {entry.key: entry.value for entry in read.metadata_props}
    assert (about["task"], about["target"]) == ("binary", "kind")
    assert json.loads(about["classes"]) == ["a", "b"]
    inputs = json.loads(about["inputs"])
    assert inputs["city"] == 'a string, spelled as in training; "" if missing'
    assert {value.name for value in read.graph.input} == set(inputs)
    assert [value.name for value in read.graph.output] == ["probability"]


def test_a_column_may_have_the_name_of_the_output():
    columns = {"prediction": [3.0, 1.0] * 5, "y": np.arange(10.0)}
    dataset = data.load(columns, target="y")
    model = model_of(dataset, [spec.Dense(2)], spec.SquaredError())
    session = onnxruntime.InferenceSession(onnx_bytes(model, "names"))
    (outputs,) = session.run(None, {"prediction": np.array(columns["prediction"])})
    np.testing.assert_allclose(outputs, model.predict(dataset), rtol=1e-5)


def test_every_link_and_kind_of_column_is_translated():
    links = {loss.link.__name__ for loss in costs.REGISTRY.values()}
    assert links - {"class_link"} == set(LINKS)
    kinds = {"number", "boolean", "category", "date", "image", "sequence", "text"}
    assert set(COLUMNS) == kinds
