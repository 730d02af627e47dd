"""Recurrent layers in Flax NNX."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []

_CLASSES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


@translates(spec.Recurrent)
def _recurrent(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    name_of_class = _CLASSES[layer.kind]
    if layer.kind == "gru" and not layer.reset_after:
        name_of_class = "ResetFirstGRU"
    code.uses("walk", "Recurrent", name_of_class)
    names = ["kernel", "recurrent_kernel", "bias", "recurrent_bias", *layer.states]
    calls = []
    for prefix in layer.directions:
        arrays = {name: trained.optional(prefix + name) for name in names}
        sizes = f"{trained.array('kernel').shape[0]}, {_units(trained)}"
        sizes += ", learned=True" * layer.learns_state
        name = f"{trained.name}_backward" if prefix else trained.name
        part = code.layer(name, f"{name_of_class}({sizes})", arrays)
        reverse = ", reverse=True" * layer.runs_backwards(prefix)
        calls.append(f"{part}(x, {code.lengths}{reverse})")
    output_index = 0 if layer.return_sequences else 1
    if not layer.return_sequences:
        code.uneven = False
    if len(calls) == 1:
        code.run(f"x = {calls[0]}[{output_index}]")
        return
    code.run(
        f"forward = {calls[0]}[{output_index}]",
        f"backward = {calls[1]}[{output_index}]",
    )
    code.run("x = jnp.concatenate([forward, backward], axis=-1)")


def _units(trained: TrainedLayer) -> int:
    return trained.array("recurrent_kernel").shape[0]
