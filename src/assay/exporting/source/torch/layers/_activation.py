"""Activations in PyTorch."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source.torch._registry import translates

__all__: list[str] = []

_EXPRESSIONS = {
    spec.Sigmoid: "torch.sigmoid(x)",
    spec.Tanh: "torch.tanh(x)",
    spec.ISRU: "x / torch.hypot(torch.ones(()), {alpha} ** 0.5 * x)",
    spec.Softmax: "torch.softmax(x, dim=-1)",
    spec.ReLU: "torch.relu(x)",
    spec.LeakyReLU: "F.leaky_relu(x, {negative_slope})",
    spec.ELU: "F.elu(x, {alpha})",
    spec.GELU: "F.gelu(x)",
    spec.SiLU: "F.silu(x)",
    spec.Softplus: "F.softplus(x)",
}


@translates(*_EXPRESSIONS)
def _elementwise(code: Code, trained: TrainedLayer) -> None:
    declaration = spec.Layer.members[trained.layer.kind]
    numbers = {name: f"{trained.number(name):.9g}" for name in trained.values}
    expression = _EXPRESSIONS[declaration]  # type: ignore[index]
    code.run(f"x = {expression.format(**numbers)}")


@translates(spec.Identity)
def _identity(code: Code, trained: TrainedLayer) -> None:
    pass


@translates(spec.ParametricReLU)
def _parametric_relu(code: Code, trained: TrainedLayer) -> None:
    arrays = {"weight": trained.array("negative_slope").reshape(-1)}
    code.run(f"x = {code.layer(trained.name, 'nn.PReLU()', arrays)}(x)")
