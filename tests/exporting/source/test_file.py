"""Exported code rebuilds a model in a file that does not import Assay."""

import importlib.util

import jax
import numpy as np
import pytest
from exported_models import EXAMPLES, example

from assay.exporting.source import _prepare_rows
from assay.exporting.source._file import network_files
from assay.exporting.source.flax._language import FLAX
from assay.exporting.source.torch._language import TORCH


def written(model, language, folder):
    """Write the files of a model, and return the imported code."""
    files = network_files(model, language)
    for ending, content in files.items():
        (folder / f"net{ending}").write_bytes(content)
    assert b"assay" not in files[".py"].replace(b"with Assay", b"").lower()
    spec = importlib.util.spec_from_file_location("net", folder / "net.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predicted(module, model, dataset, columns):
    """Return the predictions of exported code for raw columns."""
    match model.preparation.kind:
        case "table":
            inputs = (module.prepare(columns),)
        case "text":  # its inputs are prepared outside
            prepared = model.preparation.transform(dataset)
            inputs = (prepared["values"], prepared["lengths"])
        case _:
            values, *lengths = columns.values()
            uneven = getattr(model.preparation.sole_encoder, "uneven", False)
            inputs = (module.standardize(values), *(lengths if uneven else ()))
    return module.predict(module.load(), *inputs)


@pytest.mark.parametrize("name", EXAMPLES)
def test_flax_predictions_equal_those_of_assay(name, tmp_path):
    model, dataset, columns = example(name)
    module = written(model, FLAX, tmp_path)
    # Outside of these tests, JAX adds axes, as NumPy does.
    with jax.numpy_rank_promotion("allow"):
        outputs = predicted(module, model, dataset, columns)
    wanted = model.predict(dataset)
    assert outputs.dtype == wanted.dtype
    np.testing.assert_allclose(outputs, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", EXAMPLES)
def test_torch_predictions_equal_those_of_assay(name, tmp_path):
    pytest.importorskip("torch")
    model, dataset, columns = example(name)
    module = written(model, TORCH, tmp_path)
    outputs = predicted(module, model, dataset, columns)
    np.testing.assert_allclose(outputs, model.predict(dataset), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("language", [FLAX, TORCH], ids=lambda value: value.name)
def test_code_is_valid_and_says_what_goes_in(language):
    text = network_files(example("regression").model, language)[".py"].decode()
    compile(text, "net.py", "exec")
    assert text.startswith(f'"""A network trained with Assay, in {language.title}.')
    assert "Input: prepared rows (rows, " in text
    assert "Output: numbers in the unit of the target (rows,), float64." in text


def test_prepared_rows_equal_those_of_assay(monkeypatch):
    model, dataset, columns = example("regression")
    described = model.preparation.to_json()["columns"]
    monkeypatch.setattr(_prepare_rows, "COLUMNS", described)
    inputs = _prepare_rows.prepare(columns)
    wanted = model.preparation.transform(dataset)
    np.testing.assert_allclose(inputs, wanted, rtol=1e-6)


def test_names_of_columns_are_not_code(tmp_path):
    from exported_models import model_of

    from assay import data, spec

    name = 'a"""\nraise SystemExit\n"""'
    columns = {name: np.arange(10.0), "y": np.arange(10.0) ** 2}
    dataset = data.load(columns, target="y")
    model = model_of(dataset, [spec.Dense(2)], spec.SquaredError())
    module = written(model, FLAX, tmp_path)
    assert module.COLUMNS[0]["name"] == name
