"""`import assay` gives every public name, at once and lightly."""

import ast
import importlib
import subprocess
import sys
import types
from pathlib import Path

import pytest

import assay
from assay import spec

FAMILIES = [
    name
    for name in spec.__all__
    if isinstance(getattr(spec, name), type)
    and spec.Family in getattr(spec, name).__bases__
]
SPACES = {"log": "Log", "uniform": "Uniform", "integer": "Integer", "choice": "Choice"}


def test_every_member_of_a_family_is_public():
    for family in FAMILIES:
        for member in getattr(spec, family).members.values():
            assert getattr(assay, member.__name__) is member


def test_spaces_read_like_functions():
    for name, kind in SPACES.items():
        assert getattr(assay, name) is getattr(spec, kind)
    assert assay.Adam(learning_rate=assay.log(1e-4, 1e-1)).spaces() == {
        "learning_rate": spec.Log(1e-4, 1e-1)
    }


def test_dir_and_all_agree():
    assert set(assay.__all__) <= set(dir(assay))
    assert all(getattr(assay, name) is not None for name in assay.__all__)
    assert len(set(assay.__all__)) == len(assay.__all__)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(assay.__file__).read_text())
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [node for block in blocks for node in block.body]
    names = {
        alias.asname or alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert names == set(assay.__all__)


def test_unknown_names_are_told():
    with pytest.raises(AttributeError, match="has no attribute 'trian'"):
        assay.trian  # noqa: B018
    with pytest.raises(ImportError):
        exec("from assay import trian")


def test_train_and_tune_stay_functions_after_every_import():
    for name in ("training", "tuning", "experiment"):
        importlib.import_module(f"assay.{name}")
    for name in ("train", "tune"):
        function = getattr(assay, name)
        assert isinstance(function, types.FunctionType)
        assert function is getattr(importlib.import_module("assay.experiment"), name)


def test_importing_starts_nothing():
    code = "import sys, assay; print('pydantic' in sys.modules, 'jax' in sys.modules)"
    environment = {"PYTHONPATH": str(Path(assay.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.split() == ["False", "False"]
