"""Checks shapes during tracing and reports all faults in a call.

The C++ kernels also check their arguments, but only at run time and in terms of their
internal buffers.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp

from assay._errors import Faults, fault

__all__ = ["check_dense", "check_recurrent"]


def check_dense(x: Any, kernels: Sequence[Any], biases: Sequence[Any]) -> None:
    """Raise an InputError unless a chain of dense layers accepts x (n, inputs)."""
    faults = Faults()
    if x.ndim != 2:
        fix = "Reshape x to (n, inputs), for example with x.reshape(-1, x.shape[-1])."
        faults.add(fault("x.ndim == 2", "x.shape", tuple(x.shape), fix))
        faults.raise_if_any()
    width = x.shape[1]
    for i, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        name = f"steps[{i}].kernel"
        if kernel.ndim != 2 or kernel.shape[0] != width:
            fix = f"Layer {i} has {width} inputs; use a kernel ({width}, units)."
            invariant = f"{name}.shape == ({width}, units)"
            shape = tuple(kernel.shape)
            faults.add(fault(invariant, f"{name}.shape", shape, fix))
            faults.raise_if_any()  # later layers depend on this width
        width = kernel.shape[1]
        fix = f"The kernel of layer {i} has {width} units."
        _check(faults, f"steps[{i}].bias", bias, (width,), fix=fix)
    faults.raise_if_any()


def check_recurrent(
    x: Any, weights: dict[str, Any], *, gates: int, states: dict[str, Any], lengths: Any
) -> None:
    """Raise an InputError unless the arguments of a recurrent layer are consistent.

    Args:
        x: input, (n, t, c).
        weights: kernel (c, gates * h), recurrent_kernel (h, gates * h), bias
            (gates * h,), and recurrent_bias (h,) if the layer has one.
        gates: number of gates: 1 for a simple RNN, 4 for an LSTM and 3 for a GRU.
        states: initial states, keyed by name, each (n, h).
        lengths: integers (n,), or None.
    """
    faults, kernel = Faults(), weights["kernel"]
    if x.ndim != 3:
        fix = "Pass x as (examples, steps, channels)."
        faults.add(fault("x.ndim == 3", "x.shape", tuple(x.shape), fix))
    if kernel.ndim != 2 or kernel.shape[1] % gates:
        fix = f"Pass the kernel as (channels, {gates} * units)."
        shape = tuple(kernel.shape)
        invariant = f"kernel.shape == (c, {gates} * h)"
        faults.add(fault(invariant, "kernel.shape", shape, fix))
    faults.raise_if_any()
    n, steps, c = x.shape
    h = kernel.shape[1] // gates
    fix = f"x is (n={n}, t={steps}, c={c}) and the kernel has h={h} units."
    expected = {
        "kernel": (c, gates * h),
        "recurrent_kernel": (h, gates * h),
        "bias": (gates * h,),
        "recurrent_bias": (h,),
    }
    for name, array in weights.items():
        _check(faults, name, array, expected[name], fix=fix)
    for name, array in states.items():
        _check(faults, name, array, (n, h), fix=fix)
    if lengths is not None:
        _check(faults, "lengths", lengths, (n,), fix=fix)
        if not jnp.issubdtype(lengths.dtype, jnp.integer):
            fix = "Use whole numbers, for example lengths.astype(jnp.int32)."
            invariant = "issubdtype(lengths.dtype, integer)"
            faults.add(fault(invariant, "lengths.dtype", str(lengths.dtype), fix))
    faults.raise_if_any()


def _check(
    faults: Faults, name: str, array: Any, shape: tuple[int, ...], *, fix: str
) -> None:
    if tuple(array.shape) != shape:
        actual = tuple(array.shape)
        faults.add(fault(f"{name}.shape == {shape}", f"{name}.shape", actual, fix))
