"""Calls the C++ kernels and defines their derivatives."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.ffi
import jax.numpy as jnp

__all__ = ["call", "differentiable"]


def call(
    name: str,
    results: Sequence[tuple[int, ...]],
    *arguments: jax.Array,
    mapped: str = "sequential",
    **attributes: Any,
) -> list[jax.Array]:
    """Call a function of the extension.

    Args:
        name: name of the function.
        results: shapes of the results, whose dtype is float32.
        *arguments: arrays to pass to the function.
        mapped: the `vmap_method` of `jax.ffi.ffi_call`. "sequential" calls the function
            once per element of the mapped axis. The other methods require a function
            that accepts leading batch axes.
        **attributes: constants compiled into the call.
    """
    shapes = [jax.ShapeDtypeStruct(result, jnp.float32) for result in results]
    function = jax.ffi.ffi_call(name, shapes, vmap_method=mapped)
    return list(function(*arguments, **attributes))


def differentiable(
    forward: Callable[[Any, Any], tuple[Any, Any]],
    backward: Callable[[Any, Any, Any, Any], Any],
    plain: Callable[[Any, Any], Any],
) -> Callable[[Any, Any], Any]:
    """Build a differentiable function from its forward and backward passes.

    The resulting function is called as f(inputs, fixed) and returns the outputs.

    Second derivatives, needed only for curvature, use `plain`.

    Args:
        forward: function that maps (inputs, fixed) to the outputs and the values to
            keep for `backward`.
        backward: function that maps (inputs, fixed, kept, g), where g is the gradient
            with respect to the outputs, to the gradient with respect to the inputs.
        plain: function that maps (inputs, fixed) to the outputs in pure JAX.
    """

    @jax.custom_jvp
    def there(inputs: Any, fixed: Any) -> Any:
        return forward(inputs, fixed)

    @there.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        outputs, kept = there(*primals)
        inputs, fixed = primals
        _, change = jax.jvp(lambda x: plain(x, fixed), (inputs,), (tangents[0],))
        # `kept` needs no derivative: only `back` reads it, and the derivative of `back`
        # recomputes everything from the inputs.
        return (outputs, kept), (change, jax.tree.map(jnp.zeros_like, kept))

    @jax.custom_jvp
    def back(inputs: Any, fixed: Any, kept: Any, g: Any) -> Any:
        return backward(inputs, fixed, kept, g)

    @back.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        inputs, fixed, _, g = primals

        def pull(inputs: Any, g: Any) -> Any:
            return jax.vjp(lambda x: plain(x, fixed), inputs)[1](g)[0]

        _, change = jax.jvp(pull, (inputs, g), (tangents[0], tangents[3]))
        return back(*primals), change

    @jax.custom_vjp
    def run(inputs: Any, fixed: Any) -> Any:
        return there(inputs, fixed)[0]

    def run_forward(inputs: Any, fixed: Any) -> Any:
        outputs, kept = there(inputs, fixed)
        return outputs, (inputs, fixed, kept)

    def run_backward(residuals: Any, g: Any) -> Any:
        return back(*residuals, g), None

    run.defvjp(run_forward, run_backward)
    return run
