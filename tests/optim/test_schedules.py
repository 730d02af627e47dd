"""Schedules agree with PyTorch and obey their contract."""

import inspect
import json
from pathlib import Path

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

from assay._errors import InputError
from assay.optim import schedules

DATA = Path(__file__).parents[1] / "reference" / "schedules.json"
REFERENCE = json.loads(DATA.read_text())
TOTAL = REFERENCE["total_iterations"]
MEMBERS = [pytest.param(s, id=s.name) for s in schedules.REGISTRY.values()]

CONTRACT = {
    "constant": {},
    "step": {"drop_every": 0.3, "decay": 0.1},
    "exponential": {"final_fraction": 0.01},
    "linear": {"final_fraction": 0.0},
    "polynomial": {"power": 2.0, "final_fraction": 0.0},
    "cosine": {"final_fraction": 0.0},
    "flat_cosine": {"flat_fraction": 0.5, "final_fraction": 0.0},
    "warmup": {"warmup_fraction": 0.1},
    "warmup_cosine": {"warmup_fraction": 0.1, "final_fraction": 0.0},
    "one_cycle": {
        "peak_fraction": 0.3,
        "initial_fraction": 0.04,
        "final_fraction": 4e-6,
    },
    "on_plateau": {"patience_epochs": 5, "decay": 0.1},
}


@pytest.fixture
def float64():
    with jax.enable_x64(True):
        yield


# Contract


def test_every_schedule_has_a_row():
    assert set(schedules.REGISTRY) == set(CONTRACT)


@pytest.mark.parametrize("schedule", MEMBERS)
def test_member_keeps_the_contract(schedule):
    assert schedules.get(schedule.name) is schedule
    assert schedule.factor.__name__ == schedule.name
    assert schedule.formula
    assert schedule.hyperparameters == CONTRACT[schedule.name]
    names = [*inspect.signature(schedule.factor).parameters]
    assert names == ["iteration", "total_iterations", *schedule.hyperparameters]
    assert schedule.stateful == (schedule.name == "on_plateau")


@pytest.mark.parametrize("schedule", MEMBERS)
def test_the_formula_names_every_hyperparameter(schedule):
    for name in schedule.hyperparameters:
        if not schedule.stateful:
            assert name in schedule.formula


@pytest.mark.parametrize("schedule", MEMBERS)
def test_everything_is_traced_and_another_value_does_not_compile_again(schedule):
    traces = []

    @jax.jit
    def factor(iteration, total_iterations, values):
        traces.append(1)
        return schedule.factor(iteration, total_iterations, **values)

    values = schedule.hyperparameters
    plain = [float(schedule.factor(i, 40, **values)) for i in range(40)]
    traced = [float(factor(i, 40, values)) for i in range(40)]
    np.testing.assert_allclose(traced, plain, rtol=1e-5, atol=1e-6)
    together = schedule.factor(jnp.arange(40), 40, **values)
    np.testing.assert_allclose(together, plain, rtol=1e-5, atol=1e-6)
    for name, value in values.items() if not schedule.stateful else ():
        other = values | {name: value * 0.5 if value > 0.1 else value + 0.3}
        shifted = [float(factor(i, 40, other)) for i in range(40)]
        assert np.abs(np.subtract(shifted, traced)).max() > 0.01, name
    factor(3, 80, values)
    assert len(traces) == 1


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'warmup_cosine'"):
        schedules.get("warm_up_cosine")


# Reference: PyTorch


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_factors_equal_pytorch(case, float64):
    factor = jax.jit(schedules.get(case["name"]).factor)
    iterations = jnp.arange(TOTAL + 1)  # 64 bits, like the quotient
    factors = factor(iterations, TOTAL, **case["hyperparameters"])
    np.testing.assert_allclose(factors, case["factors"], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_float32_is_as_good_as_float32_can_be(case):
    factor = jax.jit(schedules.get(case["name"]).factor)
    traced = {k: np.float32(v) for k, v in case["hyperparameters"].items()}
    factors = factor(jnp.arange(TOTAL + 1), np.int32(TOTAL), **traced)
    assert factors.dtype == jnp.float32
    np.testing.assert_allclose(factors, case["factors"], rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize("case", REFERENCE["on_plateau"])
def test_plateau_equals_pytorch(case):
    update = jax.jit(schedules.update_plateau)
    state, factors = schedules.start_plateau(), []
    for value in REFERENCE["values"]:
        measured = jnp.nan if value is None else value
        state = update(state, measured, **case["hyperparameters"])
        factors.append(float(state.factor))
    np.testing.assert_allclose(factors, case["factors"], rtol=1e-6)
    assert len(set(factors)) > 2  # it dropped more than once


def test_references_cover_the_registry():
    names = {case["name"] for case in REFERENCE["cases"]}
    assert names | {"on_plateau"} == set(CONTRACT)


# Known answers


def test_plateau_state_keeps_its_types_in_a_loop():
    values = jnp.asarray([3.0, 3.0, 3.0, 3.0, 2.0])

    def epoch(state, value):
        state = schedules.update_plateau(state, value, patience_epochs=0, decay=0.5)
        return state, state.factor

    end, factors = jax.lax.scan(epoch, schedules.start_plateau(), values)
    assert factors.tolist() == [1.0, 0.5, 0.25, 0.125, 0.125]
    assert (float(end.best), int(end.stale_epochs)) == (2.0, 0)


def test_drops_fall_on_whole_iterations():
    # 0.1 * 30 and its multiples are not integers in float32.
    for total in (30, 70, 110, 3000):
        length = total // 10
        factors = schedules.step(
            jnp.arange(total), total, drop_every=jnp.float32(0.1), decay=0.5
        )
        expected = 0.5 ** (np.arange(total) // length)
        np.testing.assert_allclose(factors, expected, rtol=1e-6)


def test_sample_is_the_schedule_at_equal_distances():
    cosine = schedules.get("cosine")
    factors = schedules.sample(cosine, 1000, num=11, final_fraction=0.5)
    assert isinstance(factors, np.ndarray)
    expected = [
        cosine.factor(int(i * 99.9), 1000, final_fraction=0.5) for i in range(11)
    ]
    np.testing.assert_allclose(factors, expected, rtol=1e-6)
    assert schedules.sample(cosine, 3, final_fraction=0.0).shape == (200,)


# Properties


@hypothesis.given(
    st.sampled_from(sorted(CONTRACT)),
    st.integers(1, 100_000),
    st.floats(0, 1),
    st.floats(0.015625, 0.96875, width=32),
)
def test_factors_stay_between_0_and_1(name, total, part, value):
    schedule = schedules.get(name)
    values = dict.fromkeys(schedule.hyperparameters, value)
    factor = float(schedule.factor(int(part * total), total, **values))
    assert 0 <= factor <= 1 + 1e-6


@hypothesis.given(
    st.sampled_from("exponential linear polynomial cosine warmup_cosine".split()),
    st.integers(1, 100_000),
    st.floats(0.015625, 0.96875, width=32),
)
def test_the_end_is_the_final_fraction(name, total, final_fraction):
    schedule = schedules.get(name)
    values = schedule.hyperparameters | {"final_fraction": final_fraction}
    end = float(schedule.factor(total, total, **values))
    assert end == pytest.approx(final_fraction, rel=1e-5)


@hypothesis.given(st.integers(1, 100_000), st.floats(0.015625, 0.96875, width=32))
def test_a_rise_takes_a_step_at_the_first_iteration(total, fraction):
    for name in ("warmup", "warmup_cosine"):
        schedule = schedules.get(name)
        values = schedule.hyperparameters | {"warmup_fraction": fraction}
        first = float(schedule.factor(0, total, **values))
        peak = float(schedule.factor(fraction * total, total, **values))
        assert 0 < first < peak
        assert peak == pytest.approx(1, abs=1e-5)


@hypothesis.given(st.integers(1, 100_000), st.floats(0.015625, 0.96875, width=32))
def test_one_cycle_starts_peaks_and_ends_at_its_fractions(total, peak):
    at = jnp.asarray([0.0, peak, 1.0]) * total
    factors = schedules.one_cycle(
        at, total, peak_fraction=peak, initial_fraction=0.25, final_fraction=0.125
    )
    np.testing.assert_allclose(factors, [0.25, 1.0, 0.125], atol=1e-5)
