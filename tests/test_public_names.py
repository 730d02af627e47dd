"""`import assay` quickly provides every public name."""

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
            assert member.__name__ in assay.__all__


def test_the_public_names_are_the_members_and_a_few_others():
    members = {
        member.__name__
        for family in FAMILIES
        for member in getattr(spec, family).members.values()
    }
    packages = {
        n for n in assay.__all__ if isinstance(getattr(assay, n), types.ModuleType)
    }
    errors = {
        n
        for n in assay.__all__
        if n in importlib.import_module("assay._errors").__all__
    }
    others = {
        "Experiment",
        "Finding",
        "Fit",
        "Model",
        "NeuralClassifier",
        "NeuralRegressor",
        "Observer",
        "Raced",
        "Run",
        "Split",
    }
    others |= {"Tune", "Tuning", "export", "load", "race", "train", "tune", *SPACES}
    assert set(assay.__all__) == members | packages | errors | others


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


def test_a_star_imports_the_public_names():
    names = {}
    exec("from assay import *", names)
    assert set(assay.__all__) == set(names) - {"__builtins__"}


def seen_by_type_checkers():
    """Return the names that the TYPE_CHECKING block imports or assigns."""
    tree = ast.parse(Path(assay.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    names = set()
    for node in block.body:
        if isinstance(node, ast.ImportFrom) and node.module == "typing":
            continue  # a type for signatures, not a public name
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
            assert all(a.name in ("*", a.asname) for a in node.names)
        else:
            names |= {name.id for name in node.targets[0].elts}
    assert "*" in names
    return names - {"*"} | set(spec.__all__)


def test_type_checkers_see_the_same_names():
    names = seen_by_type_checkers()
    assert set(assay.__all__) <= names
    assert names - set(spec.__all__) <= set(assay.__all__)
    for name in names:
        assert getattr(assay, name) is not None


def test_an_unknown_name_is_an_error():
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


def test_importing_loads_nothing_heavy():
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
