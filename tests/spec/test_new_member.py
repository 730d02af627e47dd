"""Adding an optimizer requires only a spec class and a function (CONTRIBUTING.md)."""

import re
from pathlib import Path
from typing import ClassVar

import jax
import jax.numpy as jnp
import optax
import pytest

import assay
from assay import optim, spec
from assay.optim import implements
from assay.spec import Optimizer
from assay.spec._fields import Fraction, Positive

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text()


@pytest.fixture
def signum(monkeypatch):
    """Add an optimizer for one test."""
    monkeypatch.setattr(spec.Optimizer, "members", {**spec.Optimizer.members})
    monkeypatch.setattr(optim.REGISTRY, "_items", dict(optim.REGISTRY))

    class Signum(Optimizer):
        """The sign of a running mean of gradients.

        Each parameter moves by the learning rate, regardless of its gradient.

        References:
            Bernstein et al., signSGD: Compressed Optimisation for Non-Convex Problems,
            2018.
        """

        kind: ClassVar[str] = "signum"
        formula: ClassVar[str] = "m = momentum·m + (1 - momentum)·g, d = sign(m)"
        learning_rate: Positive = 0.001
        momentum: Fraction = 0.9

    @implements(Signum)
    def signum(*, momentum):
        """Follow the sign of a running mean of gradients."""
        return optax.chain(
            optax.ema(momentum, debias=False),
            optax.stateless(lambda updates, _: jax.tree.map(jnp.sign, updates)),
        )

    return Signum


def test_a_new_optimizer_trains_by_its_name(signum, tmp_path):
    assert optim.get("signum").hyperparameters == {"momentum": 0.9}
    run = assay.train(
        "iris",
        model="linear",
        optimizer={"kind": "signum", "learning_rate": 0.02},
        num_epochs=40,
        out=tmp_path / "run",
    )
    assert run.test.value > 0.8
    assert assay.load(run.path).summary == run.summary


def test_the_new_optimizer_is_gone_again():
    assert "signum" not in optim.REGISTRY
    assert "signum" not in spec.Optimizer.members


def test_contributing_shows_the_same_steps():
    source = Path(__file__).read_text()
    shown = re.findall("```python\n(.*?)```", TEXT, re.DOTALL)
    optimizer = [code for code in shown if "Signum" in code]
    assert len(optimizer) == 2  # the spec class, and the function
    for line in "".join(optimizer).splitlines():
        assert line.replace("spec.Signum", "Signum").strip() in source
