"""Generates code for the costs, batches and optimizers units."""

from typing import Literal

from assay import spec
from assay.lab.units.coding._state import (
    State,
    class_name,
    rows_of_run,
    run_header,
    writes,
)

__all__ = ["Batches", "Costs", "Optimizers"]


class Costs(State):
    """Page settings of the costs unit."""

    loss: str = "squared_error"
    output: float = 1.5
    target: float = 0.0
    delta: float = 1.0
    others: tuple[float, ...] = (0.0, 0.0)
    spread: float = 0.0
    penalty: Literal["l1", "l2", "none"] = "l2"
    strength: float = 0.001


@writes("costs", Costs)
def _costs(state: Costs) -> str:
    if state.run:
        return _costs_of_run(state)
    name = state.loss
    class_name(spec.Cost, name)  # raises an error for unknown names
    outputs, target = [state.output], f"{state.target:g}"
    if name in ("cross_entropy", "log_likelihood"):
        outputs, target = [state.output, *state.others], f"{max(state.target, 0):.0f}"
    if name == "gaussian_likelihood":
        outputs = [state.output, state.spread]
    settings = f"delta={state.delta:g}" if name == "huber" else ""
    kept = f"**{{**loss.hyperparameters, **dict({settings})}}"
    return f"""\
import assay
import jax
import jax.numpy as jnp

loss = assay.costs.get({name!r})
outputs = jnp.array([[{", ".join(map(repr, outputs))}]])
targets = jnp.array([{target}])


def of_one(outputs):
    return loss.loss(outputs, targets, {kept}).sum()


print("loss", of_one(outputs), "gradient", jax.grad(of_one)(outputs)[0])
{_objective(state)}"""


def _objective(state: Costs) -> str:
    """Return code that computes the objective for one example."""
    if state.penalty == "none":
        return ""
    settings = f'{{"{state.penalty}": {{"strength": {state.strength:g}}}}}'
    return f"""\

parameters = {{"output": {{"kernel": jnp.array([[1.0], [-2.0]])}}}}
penalty = assay.regularize.penalty(parameters, {settings})
cost = of_one(outputs)
print(f"objective {{cost + penalty:.4f}} = cost {{cost:.4f}} + penalty {{penalty:.4f}}")
"""


def _costs_of_run(state: Costs) -> str:
    penalty = "0.0"
    if state.penalty != "none":
        settings = f'{{"{state.penalty}": {{"strength": {state.strength:g}}}}}'
        penalty = f"assay.regularize.penalty(parameters, {settings})"
    return f"""\
{rows_of_run(state.run)}
import jax.numpy as jnp
from assay.nn import xray

network = assay.experiment.network_of(run.model, 0)
watched = xray.watch(network, X)
outputs = jnp.asarray(watched.output(watched.names[-1]))
loss = assay.costs.get(training.cost.kind)
cost = assay.costs.cost(loss, outputs, jnp.asarray(y), **loss.hyperparameters)
parameters = run.model.members[0].model.parameters
penalty = {penalty}
print(f"cost {{cost:.4f}} on {{len(rows)}} training rows, penalty {{penalty:.4f}}")
"""


class Batches(State):
    """Page settings of the batches unit."""

    data: Literal["digits", "iris", "wine", "breast_cancer", "diabetes"] = "digits"
    batch: int = 4
    rate: float = 0.1
    train: int = 70
    val: int = 15


@writes("batches", Batches)
def _batches(state: Batches) -> str:
    test = 100 - state.train - state.val
    parts = (state.train / 100, state.val / 100, test / 100)
    header = f"""\
import assay

dataset = assay.data.load({state.data!r})
parts = assay.data.split(dataset, fractions={parts}, seed={state.seed})
print({{name: len(rows) for name, rows in parts.parts.items()}})
preparation = assay.data.Preparation.fit(dataset, parts.train)
X = preparation.transform(dataset, parts.train)
y = preparation.targets(dataset, parts.train)
"""
    model, size = "[assay.Dense(16), assay.Tanh()]", state.batch or '"all"'
    if state.run:
        header, model = rows_of_run(state.run), "training.model"
    return f"""\
{header}
import numpy as np

settings = dict(model={model}, optimizer=assay.SGD({state.rate:g}), seed={state.seed})
few = assay.Fit.on(X, y, batch_size={size}, **settings)
everything = assay.Fit.on(X, y, batch_size="all", **settings)


def flat(gradients):
    arrays = [a.ravel() for layer in gradients.values() for a in layer.values()]
    return np.concatenate(arrays)


g, full = flat(few.gradients()), flat(everything.gradients())
cosine = g @ full / np.linalg.norm(g) / np.linalg.norm(full)
print("batch:", few.batch().targets)
print("angle to the full gradient:", np.degrees(np.arccos(cosine)), "degrees")
"""


class Optimizers(State):
    """Page settings of the optimizers unit."""

    place: str = "bowl"
    updates: int = 80


_SURFACES = ("bowl", "rosenbrock", "beale", "saddle")
_RACERS = '["sgd", "momentum", "adagrad", "rmsprop", "adam"]'


@writes("optimizers", Optimizers)
def _optimizers(state: Optimizers) -> str:
    if state.place in _SURFACES:
        return f"""\
from assay.tuning import race_surface

racers = {_RACERS}
for path in race_surface({state.place!r}, racers, num_iterations={state.updates}):
    rate, height = path.learning_rate, path.values[-1]
    print(f"{{path.racer:9}} at rate {{rate:.3g}}: {{height:.2e}}")
"""
    racers = 'optimizers=["sgd@all", "sgd@1", "sgd", "momentum", "adam"], epochs=5'
    if not state.run:
        return f"""\
import assay

print(assay.race("digits", {racers}))
"""
    return f"""\
{run_header(state.run)}
race = assay.race(
    dataset,
    model=training.model,
    {racers},
)
print(race)
"""
