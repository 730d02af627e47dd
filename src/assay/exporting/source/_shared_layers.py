"""Layers with the same code in every library."""

from collections.abc import Callable

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code, Translator
from assay.exporting.source._lengths import resized_lengths
from assay.exporting.source.flax._registry import TRANSLATORS as FLAX
from assay.exporting.source.torch._registry import TRANSLATORS as TORCH

__all__: list[str] = []


def translates(*declarations: type[spec.Layer]) -> Callable[[Translator], Translator]:
    """Register a function as the translator of spec classes for every library."""

    def decorate(translator: Translator) -> Translator:
        for registry in (FLAX, TORCH):
            registry.register(*declarations)(translator)
        return translator

    return decorate


@translates(spec.Identity, spec.Input)
def _unchanged(code: Code, trained: TrainedLayer) -> None:
    pass


@translates(spec.Flatten, spec.Reshape)
def _reshape(code: Code, trained: TrainedLayer) -> None:
    before, after = trained.layer.input_shape, trained.layer.output_shape
    if trained.layer.kind == "flatten" or before[0] != after[0]:
        code.fill()
        code.uneven = False
    if before != after:
        sizes = ", ".join(map(str, after))
        code.run(f"x = x.reshape(len(x), {sizes})")


@translates(spec.Cropping)
def _cropping(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    pairs = zip(layer.rows, layer.output_shape[:-1], strict=True)
    kept = ", ".join(f"{-before}:{size - before}" for (before, _), size in pairs)
    code.run(f"x = x[:, {kept}]")
    resized_lengths(code, layer)


@translates(spec.LearnedScale)
def _learned_scale(code: Code, trained: TrainedLayer) -> None:
    code.uses("Scale")
    scale = trained.array("scale")
    name = code.layer(trained.name, f"Scale({len(scale)})", {"scale": scale})
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
