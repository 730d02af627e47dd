"""Activations in PyTorch."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source._layer_parts import elementwise
from assay.exporting.source.torch._registry import translates
from assay.exporting.source.torch._through import through

__all__: list[str] = []

_EXPRESSIONS: dict[type[spec.Layer], str] = {
    spec.Sigmoid: "torch.sigmoid(x)",
    spec.HardSigmoid: "torch.clamp({slope} * x + 0.5, 0.0, 1.0)",
    spec.Tanh: "torch.tanh(x)",
    spec.Softsign: "F.softsign(x)",
    spec.ISRU: "x / torch.hypot(torch.ones(()), {alpha} ** 0.5 * x)",
    spec.Softmax: "torch.softmax(x, dim=-1)",
    spec.LogSoftmax: "torch.log_softmax(x, dim=-1)",
    spec.ReLU: "torch.relu(x)",
    spec.ReLU6: "F.relu6(x)",
    spec.LeakyReLU: "F.leaky_relu(x, {negative_slope})",
    spec.ELU: "F.elu(x, {alpha})",
    spec.CELU: "F.celu(x, {alpha})",
    spec.SELU: "F.selu(x)",
    spec.GELU: "F.gelu(x)",
    spec.GELUTanh: "F.gelu(x, approximate='tanh')",
    spec.SiLU: "F.silu(x)",
    spec.HardSwish: "F.hardswish(x)",
    spec.Mish: "F.mish(x)",
    spec.Softplus: "F.softplus(x)",
}


@translates(*_EXPRESSIONS)
def _elementwise(code: Code, trained: TrainedLayer) -> None:
    elementwise(code, trained, _EXPRESSIONS)


@translates(spec.ParametricReLU)
def _parametric_relu(code: Code, trained: TrainedLayer) -> None:
    slope = trained.array("negative_slope")
    arrays = {"weight": slope.reshape(-1)}
    name = code.layer(trained.name, f"nn.PReLU({slope.size})", arrays)
    # With a single slope, the position of the channel axis does not matter.
    rank = len(trained.layer.input_shape) - 1 if slope.size > 1 else 0
    through(code, name, rank)
