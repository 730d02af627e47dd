"""Generates code for the units that train a network."""

from assay import spec
from assay.lab.units.coding._state import (
    State,
    class_name,
    rows_of_run,
    run_header,
    writes,
)

__all__ = ["Activations", "LearningRates", "Parameters", "Regularization"]


class Activations(State):
    """Page settings of the activations unit."""

    name: str = "sigmoid"
    layers: int = 3
    rate: float = 0.1
    epoch: int = 10


@writes("activations", Activations)
def _activations(state: Activations) -> str:
    if state.run:
        return f"""\
{run_header(state.run)}from assay.nn import ACTIVATIONS, xray

rows = run.folder.read_npz("split.npz", "train")["train"][:256]
network = assay.experiment.network_of(run.model, 0)
inputs = preparation.transform(dataset, rows)
lengths = inputs["lengths"] if isinstance(inputs, dict) else None
values = inputs["values"] if isinstance(inputs, dict) else inputs
watched = xray.watch(network, values, lengths=lengths)
found = [layer for layer in watched.layers() if layer["kind"] in ACTIVATIONS]
print(f"{{len(found)}} activation layers, on {{len(rows)}} training rows")
for layer in found:
    x = watched.input(layer["name"])  # pre-activations
    print(f"{{layer['name']}}: x from {{x.min():.2f}} to {{x.max():.2f}}")
"""
    activation = class_name(spec.Layer, state.name)
    return f"""\
import assay
import numpy as np

hidden = [assay.Dense(32), {activation}()] * {state.layers}
optimizer = assay.SGD({state.rate:g})
fit = assay.Fit.on("digits", model=hidden, optimizer=optimizer, seed={state.seed})
for _ in range({state.epoch}):
    fit.epoch()

x = fit.activations("dense1")  # pre-activations of one batch
slope = assay.nn.derivative({state.name!r})(x)
print(f"x from {{x.min():.2f}} to {{x.max():.2f}}")
print(f"saturated: {{np.mean(np.abs(slope) < 0.05):.1%}}")

for layer, gradients in fit.gradients().items():
    if gradients:
        print(f"{{layer:8}} gradient {{np.abs(gradients['kernel']).mean():.2e}}")
"""


class LearningRates(State):
    """Page settings of the learning-rate unit."""

    rates: tuple[float, ...] = (0.001, 0.1, 1.0)
    optimizer: str = "sgd"
    epochs: int = 8
    schedule: str = "warmup_cosine"
    settings: tuple[float, ...] = ()
    scheduled: bool = False


@writes("learning_rate", LearningRates)
def _learning_rates(state: LearningRates) -> str:
    data, model, batch = '"digits"', "[assay.Dense(32), assay.ReLU()] * 2", "32"
    header = "import assay\n"
    if state.run:
        header, data = rows_of_run(state.run), "X, y"
        model, batch = "training.model", "training.batch_size"
    rates = ", ".join(f"{rate:g}" for rate in state.rates)
    return f"""\
{header}
for rate in ({rates},):
    fit = assay.Fit.on(
        {data},
        model={model},
        optimizer={class_name(spec.Optimizer, state.optimizer)}(rate),
        schedule={_schedule(state)},
        batch_size={batch},
        num_epochs={state.epochs},
        seed={state.seed},
    )
    cost = fit.run().history.iterations["cost"]
    print(f"rate {{rate:<6}} first cost {{cost[0]:.3f}}, last cost {{cost[-1]:.3f}}")
"""


def _schedule(state: LearningRates) -> str:
    if not state.scheduled:
        return "assay.Constant()"
    name = class_name(spec.Schedule, state.schedule)
    fields = spec.Schedule.read(state.schedule).defaults()
    given = zip(fields, state.settings, strict=False)
    return f"{name}({', '.join(f'{field}={value:g}' for field, value in given)})"


class Parameters(State):
    """Page settings of the parameters unit."""

    layer: str = "output"
    name: str = "kernel"
    index: tuple[int, ...] = (0, 0)
    units: int = 32
    optimizer: str = "sgd"
    rate: float = 0.1
    step: int = 0


@writes("parameters", Parameters)
def _parameters(state: Parameters) -> str:
    data, batch = '"digits"', "32"
    model = f"[assay.Dense({state.units}), assay.ReLU()] * 2"
    header = "import assay\n"
    if state.run:
        header, data = rows_of_run(state.run), "X, y"
        model, batch = "training.model", "training.batch_size"
    place = f"[{state.layer!r}][{state.name!r}][{', '.join(map(str, state.index))}]"
    return f"""\
{header}
fit = assay.Fit.on(
    {data},
    model={model},
    optimizer={class_name(spec.Optimizer, state.optimizer)}({state.rate:g}),
    schedule=assay.Constant(),
    batch_size={batch},
    seed={state.seed},
)
for layer, arrays in fit.parameters.items():
    for name, array in arrays.items():
        print(f"{{layer:8}} {{name:7}} {{array.shape}} {{array.size}} parameters")

if {state.step}:
    fit.step({state.step})
before = fit.parameters{place}
gradient = fit.gradients(){place}
after = fit.step().parameters{place}
print(f"before {{before:.6f}}, gradient {{gradient:.6f}}, after {{after:.6f}}")
print(fit.training.traced())  # the hyperparameters, which training does not change
"""


_BEFORE = """\
hidden = fit.activations("relu1")[0]
for before, kept in zip(hidden[hidden > 0], after[hidden > 0]):
    print(f"{before:.4f} -> {kept:.4f}")
"""


class Regularization(State):
    """Page settings of the regularization unit."""

    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    smoothing: float = 0.0
    patience: int = 15


@writes("regularization", Regularization)
def _regularization(state: Regularization) -> str:
    members = [
        f"assay.L1({state.l1:g})" if state.l1 else "",
        f"assay.L2({state.l2:g})" if state.l2 else "",
        f"assay.LabelSmoothing({state.smoothing:g})" if state.smoothing else "",
    ]
    header = 'import assay\n\nX, y = "digits", None\n'
    model = "[assay.Dense(40), assay.ReLU()]"
    if state.run:
        header, model = rows_of_run(state.run), "[*training.model]"
    return f"""\
{header}
fit = assay.Fit.on(
    X,
    y,
    model={model} + [assay.Dropout({state.dropout:g})],
    regularizers=[{", ".join(filter(None, members))}],
    num_epochs=5,
    seed={state.seed},
)
dropout = [name for name in fit.activations() if name.startswith("dropout")][-1]
after = fit.activations(dropout)[0]  # with the mask of the next iteration
print(f"{{(after == 0).sum()}} of {{after.size}} outputs of {{dropout}} are 0")
{"" if state.run else _BEFORE}
fit.run()
weights = fit.parameters["output"]["kernel"]
print(f"mean absolute weight in the output layer: {{abs(weights).mean():.4f}}")
print(f"costs by epoch: {{fit.history.epochs['train_cost']}}")
"""
