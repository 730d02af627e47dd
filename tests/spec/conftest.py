"""Provides all classes in `assay.spec` and their required arguments to tests."""

from typing import Any

import pytest

from assay import spec
from assay.spec import Range

FAMILIES = (spec.Layer, spec.Optimizer, spec.Schedule, spec.Cost, spec.Regularizer)
FAMILIES += (spec.Augmentation,)
PLAIN = (spec.Training, spec.Split, spec.Tune, spec.Experiment)
# values for fields without a range
EXAMPLES = {"layers": ("relu",), "columns": ((0, 3),), "numbers": (0, 2)}


def least(cls: type[spec.Spec]) -> dict[str, Any]:
    """Return a valid value for each required field of a class."""
    required = {n: f for n, f in cls.model_fields.items() if f.is_required()}
    examples = {
        name: bounds.example
        for name, field in required.items()
        for bounds in field.metadata
        if isinstance(bounds, Range)
    }
    return {name: (EXAMPLES | examples)[name] for name in required}


def classes() -> list[type[spec.Spec]]:
    """Return the members of all families, and the specs that contain them."""
    members = [member for family in FAMILIES for member in family.members.values()]
    return [*members, *PLAIN]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize `cls` and `required`, or `name` and `bounds` of each ranged field."""
    fixtures = metafunc.fixturenames
    if "required" not in fixtures:
        return
    if "bounds" in fixtures:
        rows = [
            pytest.param(cls, least(cls), name, bounds, id=f"{cls.__name__}.{name}")
            for cls in classes()
            for name, bounds, _ in cls(**least(cls)).leaves()
            if bounds is not None and name in cls.model_fields
        ]
        metafunc.parametrize(("cls", "required", "name", "bounds"), rows)
    else:
        rows = [pytest.param(cls, least(cls), id=cls.__name__) for cls in classes()]
        metafunc.parametrize(("cls", "required"), rows)
