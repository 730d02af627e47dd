"""Self-attention and positions in PyTorch."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates

__all__: list[str] = []


@translates(spec.PositionEmbedding)
def _position_embedding(code: Code, trained: TrainedLayer) -> None:
    steps, channels = trained.layer.input_shape
    positions = trained.optional("positions")
    if positions is None:
        code.uses("sinusoids")
        code.run(f"x = x + torch.from_numpy(sinusoids({steps}, {channels})).to(x)")
        return
    code.uses("Positions")
    expression = f"Positions({steps}, {channels})"
    name = code.layer(trained.name, expression, {"positions": positions})
    code.run(f"x = {name}(x)")


@translates(spec.SelfAttention)
def _self_attention(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    names = ("kernel", "output_kernel", "bias", "output_bias")
    arrays = {name: trained.optional(name) for name in names}
    code.uses("SelfAttention")
    sizes = f"{layer.input_shape[-1]}, {layer.heads}, {layer.units}"
    options = f"causal={layer.causal}, bias={arrays['bias'] is not None}"
    expression = f"SelfAttention({sizes}, {options})"
    name = code.layer(trained.name, expression, arrays)
    code.fill()
    code.run(f"x = {name}(x{', lengths' * code.uneven})")
    code.fill()
