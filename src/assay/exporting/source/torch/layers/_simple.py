"""Dense layers, dropout and residual blocks in PyTorch."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates
from assay.exporting.source.torch._through import through

__all__: list[str] = []


@translates(spec.Dense)
def _dense(code: Code, trained: TrainedLayer) -> None:
    kernel, bias = trained.array("kernel"), trained.optional("bias")
    inputs, units = kernel.shape
    options = "" if bias is not None else ", bias=False"
    arrays = {"weight": kernel.T, "bias": bias}
    name = code.layer(trained.name, f"nn.Linear({inputs}, {units}{options})", arrays)
    code.run(f"x = {name}(x)")


@translates(spec.Dropout)
def _dropout(code: Code, trained: TrainedLayer) -> None:
    expression = f"nn.Dropout({trained.number('rate'):.6g})"
    code.run(f"x = {code.layer(trained.name, expression, {})}(x)")


@translates(spec.SpatialDropout)
def _spatial_dropout(code: Code, trained: TrainedLayer) -> None:
    rank = len(trained.layer.input_shape) - 1
    name_of_class = f"nn.Dropout{rank}d" if 1 <= rank <= 3 else "nn.Dropout"
    expression = f"{name_of_class}({trained.number('rate'):.6g})"
    through(code, code.layer(trained.name, expression, {}), rank)


@translates(spec.Residual)
def _residual(code: Code, trained: TrainedLayer) -> None:
    kernel, shortcut = trained.optional("kernel"), f"{trained.name}_input"
    code.run(f"{shortcut} = x")
    code.layers(trained.inner())
    if kernel is not None:
        inputs, units = kernel.shape[-2:]
        expression = f"nn.Linear({inputs}, {units}, bias=False)"
        weight = kernel.reshape(inputs, units).T
        name = code.layer(f"{trained.name}_shortcut", expression, {"weight": weight})
        every = "".join(f", ::{stride}" for stride in trained.layer.stride)
        shortcut += f"[:{every}]" if every else ""
        shortcut = f"{name}({shortcut})"
    code.run(f"x = x + {shortcut}")
