"""Normalization layers in PyTorch."""

import math

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates
from assay.exporting.source.torch._through import through

__all__: list[str] = []


@translates(spec.BatchNorm)
def _batch_norm(code: Code, trained: TrainedLayer) -> None:
    rank = len(trained.layer.input_shape) - 1
    arrays = {
        "weight": trained.array("scale"),
        "bias": trained.array("bias"),
        "running_mean": trained.array("mean"),
        "running_var": trained.array("variance"),
        "num_batches_tracked": np.zeros((), np.int64),
    }
    options = f"eps={trained.number('epsilon'):.9g}, "
    options += f"momentum={trained.number('momentum'):.6g}"
    size = len(arrays["bias"])
    expression = f"nn.BatchNorm{max(rank, 1)}d({size}, {options})"
    through(code, code.layer(trained.name, expression, arrays), rank)


@translates(spec.LayerNorm, spec.RMSNorm)
def _feature_norm(code: Code, trained: TrainedLayer) -> None:
    layer, scale, bias = trained.layer, trained.array("scale"), trained.optional("bias")
    epsilon = f"{trained.number('epsilon'):.9g}"
    if code.uneven and layer.num_axes == len(layer.input_shape):
        code.uses("mean_over", "FeatureNorm")
        expression = f"FeatureNorm({scale.shape}, {epsilon}, {bias is not None})"
        name = code.layer(trained.name, expression, {"scale": scale, "bias": bias})
        code.run(f"x = {name}(x, lengths)")
        return
    name_of_class = "LayerNorm" if layer.kind == "layer_norm" else "RMSNorm"
    expression = f"nn.{name_of_class}({scale.shape}, eps={epsilon})"
    name = code.layer(trained.name, expression, {"weight": scale, "bias": bias})
    code.run(f"x = {name}(x)")


@translates(spec.GroupNorm, spec.InstanceNorm)
def _group_norm(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    scale, bias = trained.array("scale"), trained.array("bias")
    sizes = f"{layer.groups}, {len(bias)}"
    epsilon = f"{trained.number('epsilon'):.9g}"
    # PyTorch raises an error if only one number is standardized.
    single = math.prod(layer.input_shape) == layer.groups
    if code.uneven or single:
        code.uses("mean_over", "GroupNorm")
        expression = f"GroupNorm({sizes}, {epsilon})"
        name = code.layer(trained.name, expression, {"scale": scale, "bias": bias})
        code.run(f"x = {name}(x{', lengths' * code.uneven})")
        return
    expression = f"nn.GroupNorm({sizes}, eps={epsilon})"
    name = code.layer(trained.name, expression, {"weight": scale, "bias": bias})
    through(code, name, len(layer.input_shape) - 1)
