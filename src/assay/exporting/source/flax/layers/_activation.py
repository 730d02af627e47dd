"""Activations in JAX."""

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.source._code import Code
from assay.exporting.source._layer_parts import elementwise
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []

_EXPRESSIONS: dict[type[spec.Layer], str] = {
    spec.Sigmoid: "jax.nn.sigmoid(x)",
    spec.HardSigmoid: "jnp.clip({slope} * x + 0.5, 0.0, 1.0)",
    spec.Tanh: "jnp.tanh(x)",
    spec.Softsign: "jax.nn.soft_sign(x)",
    spec.ISRU: "x / jnp.hypot(1.0, {alpha} ** 0.5 * x)",
    spec.Softmax: "jax.nn.softmax(x)",
    spec.LogSoftmax: "jax.nn.log_softmax(x)",
    spec.ReLU: "jax.nn.relu(x)",
    spec.ReLU6: "jax.nn.relu6(x)",
    spec.LeakyReLU: "jax.nn.leaky_relu(x, {negative_slope})",
    spec.ELU: "jax.nn.elu(x, {alpha})",
    spec.CELU: "jax.nn.celu(x, {alpha})",
    spec.SELU: "jax.nn.selu(x)",
    spec.GELU: "jax.nn.gelu(x, approximate=False)",
    spec.GELUTanh: "jax.nn.gelu(x, approximate=True)",
    spec.SiLU: "jax.nn.silu(x)",
    spec.HardSwish: "jax.nn.hard_swish(x)",
    spec.Mish: "jax.nn.mish(x)",
    spec.Softplus: "jax.nn.softplus(x)",
}


@translates(*_EXPRESSIONS)
def _elementwise(code: Code, trained: TrainedLayer) -> None:
    elementwise(code, trained, _EXPRESSIONS)


@translates(spec.ParametricReLU)
def _parametric_relu(code: Code, trained: TrainedLayer) -> None:
    slope = trained.array("negative_slope")
    start = f"jnp.full({len(slope)}, 0.25)" if slope.ndim else "0.25"
    arrays = {"negative_slope": slope}
    code.run(f"x = {code.layer(trained.name, f'nnx.PReLU({start})', arrays)}(x)")
