"""Every class of spec with the least it takes, for tests that go over all of them."""

from typing import Any

import pytest

from assay import spec
from assay.spec import Range

FAMILIES = (spec.Layer, spec.Optimizer, spec.Schedule, spec.Cost, spec.Regularizer)
FAMILIES += (spec.Augmentation,)
PLAIN = (spec.Training, spec.Split, spec.Tune, spec.Experiment)
EXAMPLES = {"layers": ("relu",), "columns": ((0, 3),)}  # where no range has one


def least(cls: type[spec.Spec]) -> dict[str, Any]:
    """Return the arguments that a class cannot do without."""
    required = {n: f for n, f in cls.model_fields.items() if f.is_required()}
    examples = {
        name: bounds.example
        for name, field in required.items()
        for bounds in field.metadata
        if isinstance(bounds, Range)
    }
    return {name: (EXAMPLES | examples)[name] for name in required}


def classes() -> list[type[spec.Spec]]:
    """Return the members of every family, and the specs that hold them."""
    members = [member for family in FAMILIES for member in family.members.values()]
    return [*members, *PLAIN]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `cls` and `required`, and `name` and `bounds` of each ranged field."""
    wanted = metafunc.fixturenames
    if "required" not in wanted:
        return
    if "bounds" in wanted:
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
