"""The public names in `__all__` exist and are documented."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import assay


def module_names() -> list[str]:
    """List every module of the package except `__main__`, which has its own test."""
    found = pkgutil.walk_packages(assay.__path__, prefix="assay.")
    return ["assay", *(m.name for m in found if not m.name.endswith("__main__"))]


def is_public(name: str) -> bool:
    """Return whether every part of a dotted name is public."""
    return not any(part.startswith("_") for part in name.split("."))


# Below the packages that users import from, only these define public names. The
# other packages only group modules.
SUBPACKAGES = {"assay.nn.ops", "assay.nn.xray", "assay.optim.schedules"}


def is_room(name: str) -> bool:
    """Return whether a package only groups the modules of its parent package."""
    return name.count(".") > 1 and name not in SUBPACKAGES


def packages() -> list[str]:
    """List every package with a public name."""
    found = pkgutil.walk_packages(assay.__path__, prefix="assay.")
    return ["assay", *(m.name for m in found if m.ispkg and is_public(m.name))]


def public_packages() -> list[str]:
    """List the packages that users import from."""
    return [name for name in packages() if not is_room(name)]


def lacks_docstring(value: object) -> bool:
    """Return whether a class or function lacks its own docstring."""
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        return False
    text = value.__doc__
    # The default docstring of a dataclass is its signature.
    return not text or text.startswith(f"{value.__name__}(")


def public_names(module: ModuleType) -> dict[str, object]:
    """Return the objects that `__all__` names; fail if one is missing."""
    return {name: getattr(module, name) for name in module.__all__}


@pytest.mark.parametrize("name", module_names())
def test_all_is_real(name: str) -> None:
    module = importlib.import_module(name)
    names = list(getattr(module, "__all__", ()))
    missing = [n for n in names if not hasattr(module, n)]
    assert not missing, f"{name}.__all__ names missing objects: {missing}"
    assert len(names) == len(set(names)), f"{name}.__all__ has a duplicate"


@pytest.mark.parametrize("name", module_names())
def test_module_has_a_docstring(name: str) -> None:
    assert importlib.import_module(name).__doc__


@pytest.mark.parametrize("name", public_packages())
def test_package_says_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    assert hasattr(module, "__all__"), f"{name} has no __all__"
    undocumented = [n for n, v in public_names(module).items() if lacks_docstring(v)]
    assert not undocumented, f"{name}: no docstring on {undocumented}"


@pytest.mark.parametrize("name", [*filter(is_room, packages())])
def test_room_exports_nothing(name: str) -> None:
    assert not hasattr(importlib.import_module(name), "__all__")


def test_lacks_docstring_detects_it() -> None:
    from dataclasses import dataclass

    @dataclass
    class Bare:
        width: int

    @dataclass
    class Documented:
        """How wide it is."""

        width: int

    assert lacks_docstring(Bare)
    assert lacks_docstring(lambda: None)
    assert not lacks_docstring(Documented)
    assert not lacks_docstring({"a": "constant"})
