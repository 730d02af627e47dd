"""PyTorch code for layers that add or repeat rows."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source._lengths import resized_lengths
from assay.exporting.source.torch._registry import translates

__all__: list[str] = []


@translates(spec.ZeroPadding)
def _zero_padding(code: Code, trained: TrainedLayer) -> None:
    code.fill()
    widths = [0, 0] + [n for pair in reversed(trained.layer.rows) for n in pair]
    code.run(f"x = F.pad(x, {tuple(widths)})")
    resized_lengths(code, trained.layer)


@translates(spec.Upsampling)
def _upsampling(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    if code.uneven and layer.linear:
        code.uses("repeat_last_step")
        code.run("x = repeat_last_step(x, lengths)")
    if layer.linear:
        mode = ("linear", "bilinear", "trilinear")[len(layer.factor) - 1]
        code.run(
            "x = F.interpolate(",
            f"    x.movedim(-1, 1), size={layer.output_shape[:-1]}, mode={mode!r}",
            ").movedim(1, -1)",
        )
    else:
        for axis, factor in enumerate(layer.factor, start=1):
            code.run(f"x = x.repeat_interleave({factor}, dim={axis})")
    if code.uneven:
        code.run(f"lengths = lengths * {layer.factor[0]}")
