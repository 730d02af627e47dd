"""Flax NNX code for layers that add or repeat rows."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source._lengths import resized_lengths
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []


@translates(spec.ZeroPadding)
def _zero_padding(code: Code, trained: TrainedLayer) -> None:
    code.fill()
    code.run(f"x = jnp.pad(x, {((0, 0), *trained.layer.rows, (0, 0))})")
    resized_lengths(code, trained.layer)


@translates(spec.Upsampling)
def _upsampling(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    if code.uneven and layer.linear:
        code.uses("repeat_last_step")
        code.run("x = repeat_last_step(x, lengths)")
    if layer.linear:
        shape = ", ".join(map(str, layer.output_shape))
        code.run(f"x = jax.image.resize(x, (len(x), {shape}), 'linear')")
    else:
        for axis, factor in enumerate(layer.factor, start=1):
            code.run(f"x = jnp.repeat(x, {factor}, axis={axis})")
    if code.uneven:
        code.run(f"lengths = lengths * {layer.factor[0]}")
