"""Normalization layers in Flax NNX."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []


@translates(spec.BatchNorm)
def _batch_norm(code: Code, trained: TrainedLayer) -> None:
    arrays = {
        "scale": trained.array("scale"),
        "bias": trained.array("bias"),
        "mean": trained.array("mean"),
        "var": trained.array("variance"),
    }
    options = f"momentum={1 - trained.number('momentum'):.6g}, "
    options += f"epsilon={trained.number('epsilon'):.9g}"
    expression = f"nnx.BatchNorm({len(arrays['mean'])}, {options}, rngs=rngs)"
    code.run(f"x = {code.layer(trained.name, expression, arrays)}(x)")


@translates(spec.LayerNorm, spec.RMSNorm)
def _feature_norm(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    if layer.num_axes > 1:  # Flax only supports scales along one axis
        _over_several_axes(code, trained)
        return
    arrays = {"scale": trained.array("scale"), "bias": trained.optional("bias")}
    options = f"epsilon={trained.number('epsilon'):.9g}, use_fast_variance=False"
    name_of_class = "LayerNorm" if layer.kind == "layer_norm" else "RMSNorm"
    size = len(arrays["scale"])
    expression = f"nnx.{name_of_class}({size}, {options}, rngs=rngs)"
    code.run(f"x = {code.layer(trained.name, expression, arrays)}(x)")


def _over_several_axes(code: Code, trained: TrainedLayer) -> None:
    layer, scale = trained.layer, trained.array("scale")
    arrays = {"scale": scale, "bias": trained.optional("bias")}
    code.uses("mean_over", "FeatureNorm")
    options = f"{trained.number('epsilon'):.9g}, {arrays['bias'] is not None}"
    expression = f"FeatureNorm({scale.shape}, {options})"
    over_steps = layer.num_axes == len(layer.input_shape)
    lengths = code.lengths if over_steps else "None"
    code.run(f"x = {code.layer(trained.name, expression, arrays)}(x, {lengths})")


@translates(spec.GroupNorm, spec.InstanceNorm)
def _group_norm(code: Code, trained: TrainedLayer) -> None:
    arrays = {name: trained.array(name) for name in ("scale", "bias")}
    channels, groups = len(arrays["bias"]), trained.layer.groups
    epsilon = f"{trained.number('epsilon'):.9g}"
    if code.uneven:
        code.uses("mean_over", "GroupNorm")
        expression = f"GroupNorm({groups}, {channels}, {epsilon})"
        code.run(f"x = {code.layer(trained.name, expression, arrays)}(x, lengths)")
        return
    options = f"epsilon={epsilon}, use_fast_variance=False"
    expression = f"nnx.GroupNorm({channels}, {groups}, {options}, rngs=rngs)"
    code.run(f"x = {code.layer(trained.name, expression, arrays)}(x)")
