"""Every class of spec with the least it takes, for tests that go over all of them."""

import pytest

from assay import spec

FAMILIES = (spec.Layer, spec.Optimizer, spec.Schedule, spec.Cost, spec.Regularizer)
PLAIN = (spec.Training, spec.Split, spec.Tune, spec.Experiment)
REQUIRED = {spec.Dense: {"units": 4}}


def classes():
    """Return {class: keyword arguments it cannot do without}."""
    members = [member for family in FAMILIES for member in family.members.values()]
    return {cls: REQUIRED.get(cls, {}) for cls in (*members, *PLAIN)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `cls` and `required`, and `name` and `bounds` of each ranged field."""
    wanted = metafunc.fixturenames
    if "required" not in wanted:
        return
    if "bounds" in wanted:
        rows = [
            pytest.param(cls, required, name, bounds, id=f"{cls.__name__}.{name}")
            for cls, required in classes().items()
            for name, bounds, _ in cls(**required).leaves()
            if bounds is not None and "." not in name
        ]
        metafunc.parametrize(("cls", "required", "name", "bounds"), rows)
    else:
        rows = [
            pytest.param(cls, required, id=cls.__name__)
            for cls, required in classes().items()
        ]
        metafunc.parametrize(("cls", "required"), rows)
