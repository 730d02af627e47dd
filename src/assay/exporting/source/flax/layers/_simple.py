"""Dense layers, dropout and residual blocks in Flax NNX."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []


@translates(spec.Dense)
def _dense(code: Code, trained: TrainedLayer) -> None:
    kernel, bias = trained.array("kernel"), trained.optional("bias")
    inputs, units = kernel.shape
    options = "" if bias is not None else "use_bias=False, "
    expression = f"nnx.Linear({inputs}, {units}, {options}rngs=rngs)"
    name = code.layer(trained.name, expression, {"kernel": kernel, "bias": bias})
    code.run(f"x = {name}(x)")


@translates(spec.Dropout)
def _dropout(code: Code, trained: TrainedLayer) -> None:
    expression = f"nnx.Dropout({trained.number('rate'):.6g}, rngs=rngs)"
    code.run(f"x = {code.layer(trained.name, expression, {})}(x)")


@translates(spec.SpatialDropout)
def _spatial_dropout(code: Code, trained: TrainedLayer) -> None:
    axes = tuple(range(1, len(trained.layer.input_shape)))
    rate = f"{trained.number('rate'):.6g}"
    expression = f"nnx.Dropout({rate}, broadcast_dims={axes}, rngs=rngs)"
    code.run(f"x = {code.layer(trained.name, expression, {})}(x)")


@translates(spec.Residual)
def _residual(code: Code, trained: TrainedLayer) -> None:
    kernel, shortcut = trained.optional("kernel"), f"{trained.name}_input"
    code.run(f"{shortcut} = x")
    code.layers(trained.inner())
    if kernel is not None:
        name = _projection(code, trained, kernel)
        shortcut = f"{name}({shortcut})"
    code.run(f"x = x + {shortcut}")


def _projection(code: Code, trained: TrainedLayer, kernel: np.ndarray) -> str:
    *_, inputs, units = kernel.shape
    strides = trained.layer.stride
    if strides:
        ones = (1,) * len(strides)
        options = f"{ones}, strides={strides}, padding='VALID', "
        expression = f"nnx.Conv({inputs}, {units}, {options}use_bias=False, rngs=rngs)"
    else:
        expression = f"nnx.Linear({inputs}, {units}, use_bias=False, rngs=rngs)"
    return code.layer(trained.name, expression, {"kernel": kernel})
