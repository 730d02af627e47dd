"""Convolution as three bilinear primitives, closed under differentiation.

    y  = forward(x, kernel)
    dx = input_gradient(g, kernel)
    dk = kernel_gradient(x, g)

All three are derived from one trilinear form, the sum of g * forward(x, kernel) over
all outputs, so the derivatives of each are the other two. Therefore, forward and
reverse mode can be combined to any order. The implementation for each platform is
chosen in one place.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.ffi
import numpy as np
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir

from assay.extension import usable
from assay.nn.ops import _lowering
from assay.nn.ops._windows import Geometry

__all__ = ["forward", "input_gradient", "kernel_gradient"]


def forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """Convolve x (n, *space, c) with a kernel (*size, c/groups, k).

    The result is (n, *output, k).
    """
    return _forward_p.bind(*_alike(x, kernel), geometry=geometry)


def input_gradient(g: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    """Return the input gradient (n, *space, c) for g (n, *output, k)."""
    return _input_gradient_p.bind(*_alike(g, kernel), geometry=geometry)


def kernel_gradient(x: jax.Array, g: jax.Array, geometry: Geometry) -> jax.Array:
    """Return the kernel gradient (*size, c/groups, k) by correlating x and g."""
    return _kernel_gradient_p.bind(*_alike(x, g), geometry=geometry)


def _alike(a: jax.Array, b: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Make both arrays vary over the same mesh axes, as `shard_map` requires."""
    over = [_varying(value) for value in (a, b)]
    if over[0] == over[1]:
        return a, b
    missing = [tuple((over[0] | over[1]) - axes) for axes in over]
    a, b = (
        lax.pcast(value, axes, to="varying") if axes else value
        for value, axes in zip((a, b), missing, strict=True)
    )
    return a, b


def _varying(value: jax.Array) -> frozenset[Any]:
    # Recent versions of JAX added and then renamed the attribute. If it is missing,
    # arrays do not vary over mesh axes.
    axes = getattr(jax.typeof(value), "mat", None)
    return getattr(axes, "varying", frozenset())


def _shape(x: ShapedArray, *shape: int) -> ShapedArray:
    return x.update(shape=shape, weak_type=False)


def _forward_shape(
    x: ShapedArray, kernel: ShapedArray, *, geometry: Geometry
) -> ShapedArray:
    return _shape(x, x.shape[0], *geometry.output, kernel.shape[-1])


def _input_gradient_shape(
    g: ShapedArray, kernel: ShapedArray, *, geometry: Geometry
) -> ShapedArray:
    channels = kernel.shape[-2] * geometry.groups
    return _shape(g, g.shape[0], *geometry.space, channels)


def _kernel_gradient_shape(
    x: ShapedArray, g: ShapedArray, *, geometry: Geometry
) -> ShapedArray:
    channels = x.shape[-1] // geometry.groups
    return _shape(x, *geometry.kernel, channels, g.shape[-1])


def _xla_forward(x: jax.Array, kernel: jax.Array, *, geometry: Geometry) -> jax.Array:
    rank = len(geometry.space)
    space = tuple(range(1, rank + 1))
    order = (0, rank + 1, *space)
    return lax.conv_general_dilated(
        x,
        kernel,
        window_strides=geometry.stride,
        padding=geometry.padding,
        rhs_dilation=geometry.dilation,
        feature_group_count=geometry.groups,
        dimension_numbers=lax.ConvDimensionNumbers(
            order, (rank + 1, rank, *range(rank)), order
        ),
    )


def _xla_input_gradient(
    g: jax.Array, kernel: jax.Array, *, geometry: Geometry
) -> jax.Array:
    channels = kernel.shape[-2] * geometry.groups
    x = jax.ShapeDtypeStruct((g.shape[0], *geometry.space, channels), g.dtype)
    convolve = partial(_xla_forward, kernel=kernel, geometry=geometry)
    return jax.linear_transpose(convolve, x)(g)[0]


def _xla_kernel_gradient(
    x: jax.Array, g: jax.Array, *, geometry: Geometry
) -> jax.Array:
    channels = x.shape[-1] // geometry.groups
    shape = (*geometry.kernel, channels, g.shape[-1])
    convolve = partial(_xla_forward, x, geometry=geometry)
    return jax.linear_transpose(convolve, jax.ShapeDtypeStruct(shape, x.dtype))(g)[0]


def _primitive(
    name: str,
    shape: Callable[..., ShapedArray],
    anywhere: Callable[..., jax.Array],
    on_cpu: Callable[..., jax.Array],
) -> Primitive:
    primitive = Primitive(f"assay_convolution_{name}")
    compiled = jax.jit(primitive.bind, static_argnames="geometry")
    primitive.def_impl(compiled)
    primitive.def_abstract_eval(shape)
    mlir.register_lowering(primitive, mlir.lower_fun(anywhere, multiple_results=False))
    mlir.register_lowering(primitive, _cpu_rule(primitive.name, on_cpu), platform="cpu")
    return primitive


def _attributes(geometry: Geometry) -> dict[str, Any]:
    """Return the attributes that describe a geometry to the extension."""
    fields = {
        "space": geometry.space,
        "window": geometry.kernel,
        "stride": geometry.stride,
        "low": tuple(before for before, _ in geometry.padding),
        "dilation": geometry.dilation,
        "output": geometry.output,
    }
    arrays = {name: np.array(field, np.int64) for name, field in fields.items()}
    return {**arrays, "groups": np.int64(geometry.groups)}


def _cpu_rule(name: str, on_cpu: Callable[..., jax.Array]) -> Callable[..., Any]:
    """Lower to the extension if it is usable, otherwise to `on_cpu`."""
    plain = mlir.lower_fun(on_cpu, multiple_results=False)
    native = jax.ffi.ffi_lowering(name)

    def rule(context: mlir.LoweringRuleContext, a: Any, b: Any, *, geometry: Geometry):
        if usable(*context.avals_in):
            return native(context, a, b, **_attributes(geometry))
        return plain(context, a, b, geometry=geometry)

    return rule


_forward_p = _primitive("forward", _forward_shape, _xla_forward, _lowering.forward)
_input_gradient_p = _primitive(
    "input_gradient",
    _input_gradient_shape,
    _xla_input_gradient,
    _lowering.input_gradient,
)
_kernel_gradient_p = _primitive(
    "kernel_gradient",
    _kernel_gradient_shape,
    _xla_kernel_gradient,
    _lowering.kernel_gradient,
)

# Each rule maps the cotangent of the primitive's result to the cotangent of one
# argument. The rules are in the order of the arguments.
ad.defbilinear(
    _forward_p,
    lambda g, x, kernel, geometry: input_gradient(g, kernel, geometry),
    lambda g, x, kernel, geometry: kernel_gradient(x, g, geometry),
)
ad.defbilinear(
    _input_gradient_p,
    lambda dx, g, kernel, geometry: forward(dx, kernel, geometry),
    lambda dx, g, kernel, geometry: kernel_gradient(dx, g, geometry),
)
ad.defbilinear(
    _kernel_gradient_p,
    lambda dk, x, g, geometry: input_gradient(g, dk, geometry),
    lambda dk, x, g, geometry: forward(x, dk, geometry),
)


def _batch(
    primitive: Primitive,
    folds: bool,
    arguments: tuple[jax.Array, jax.Array],
    axes: tuple[int | None, int | None],
    *,
    geometry: Geometry,
) -> tuple[jax.Array, int]:
    """Map a primitive over a new axis by folding the axis into n or looping over it.

    With mapped kernels, XLA would use a grouped convolution, which is slow. A loop of
    plain convolutions is fast.
    """
    left, right = arguments
    left_axis, right_axis = axes
    if folds and right_axis is None and left_axis is not None:
        rows = jax.numpy.moveaxis(left, left_axis, 0)
        merged = rows.reshape(-1, *rows.shape[2:])
        out = primitive.bind(merged, right, geometry=geometry)
        return out.reshape(rows.shape[0], -1, *out.shape[1:]), 0

    def one(pair: tuple[Any, Any]) -> jax.Array:
        a = left if left_axis is None else pair[0]
        b = right if right_axis is None else pair[1]
        return primitive.bind(a, b, geometry=geometry)

    mapped = tuple(
        None if axis is None else jax.numpy.moveaxis(argument, axis, 0)
        for argument, axis in zip(arguments, axes, strict=True)
    )
    return lax.map(one, mapped), 0


for _p, _folds in (
    (_forward_p, True),
    (_input_gradient_p, True),
    (_kernel_gradient_p, False),
):
    batching.primitive_batchers[_p] = partial(_batch, _p, _folds)
