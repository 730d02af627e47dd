"""The JAX functions used in training, with complete types.

JAX leaves parts of its own signatures untyped, mainly in functions that map trees to
trees. Without these wrappers, type checkers could not infer the types of loop carries
and gradients.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

import jax
import jax.numpy as jnp

from assay.training._allocator import keep_freed_memory
from assay.training._arrays import Array, Count, Flag

__all__ = [
    "Options",
    "Path",
    "Structure",
    "arange",
    "array",
    "as_array",
    "block_until_ready",
    "cond",
    "configure",
    "fori_loop",
    "full",
    "grad",
    "jit",
    "output_shapes",
    "pad_rows",
    "pmin",
    "quotient",
    "row_of",
    "rows_of",
    "to_device",
    "to_host",
    "tree_flatten",
    "tree_leaves",
    "tree_map",
    "tree_map_with_path",
    "tree_paths",
    "tree_unflatten",
    "value_and_grad",
    "vmap",
    "while_loop",
    "with_row",
    "zeros_like",
]

keep_freed_memory()  # the options do not affect threads that have already started

_jax: Any = jax  # some of JAX's functions are untyped
_jnp: Any = jnp

Path = tuple[object, ...]  # the keys that lead to an array in a tree
Structure = object  # the structure of a tree without its arrays
Options = dict[str, bool] | None  # for XLA's compiler

Function = TypeVar("Function", bound=Callable[..., object])
Carry = TypeVar("Carry")
Kept = TypeVar("Kept")
Value = TypeVar("Value")


def jit(function: Function, options: Options = None) -> Function:
    """Return a function that is compiled with the given options on the first call."""
    return _jax.jit(function, compiler_options=options)


def vmap(function: Function, axes: Sequence[object], *, axis_name: str) -> Function:
    """Return a function mapped over the given axes of its arguments."""
    return _jax.vmap(function, axes, axis_name=axis_name)


def grad(function: Callable[[Value], Array], at: Value) -> Value:
    """Return the gradient of a function at a point."""
    return _jax.grad(function)(at)


def value_and_grad(
    function: Callable[[Value], tuple[Array, Kept]], at: Value
) -> tuple[Array, Kept, Value]:
    """Return a function's value, its auxiliary output and its gradient at a point."""
    (value, kept), derivative = _jax.value_and_grad(function, has_aux=True)(at)
    return value, kept, derivative


def output_shapes(function: Callable[[Value], Carry], at: Value) -> Carry:
    """Return the shapes and types of a function's outputs without computing them."""
    return _jax.eval_shape(function, at)


def while_loop(
    condition: Callable[[Carry], Flag], body: Callable[[Carry], Carry], start: Carry
) -> Carry:
    """Run a loop body while a condition holds."""
    return _jax.lax.while_loop(condition, body, start)


def fori_loop(
    low: Count | int,
    high: Count | int,
    body: Callable[[Count, Carry], Carry],
    start: Carry,
) -> Carry:
    """Run a loop body for every index from low to high - 1."""
    return _jax.lax.fori_loop(low, high, body, start)


def cond(
    condition: Flag,
    if_true: Callable[[Carry], Value],
    if_false: Callable[[Carry], Value],
    operand: Carry,
) -> Value:
    """Run one of two functions depending on a condition."""
    return _jax.lax.cond(condition, if_true, if_false, operand)


def pmin(value: Array, axis_name: str) -> Array:
    """Return the minimum over a mapped axis."""
    return _jax.lax.pmin(value, axis_name)


def row_of(rows: Array, index: Count) -> Array:
    """Return one row of an array (n, ...) without checking the index."""
    return _jax.lax.dynamic_index_in_dim(
        rows, index, keepdims=False, allow_negative_indices=False
    )


def with_row(rows: Array, row: Array, index: Count) -> Array:
    """Return an array (n, ...) with one row replaced, without checking the index."""
    return _jax.lax.dynamic_update_index_in_dim(
        rows, row, index, 0, allow_negative_indices=False
    )


def rows_of(rows: Array, start: Count | int, size: int) -> Array:
    """Return `size` consecutive rows of an array (n, ...) without checking `start`."""
    return _jax.lax.dynamic_slice_in_dim(
        rows, start, size, allow_negative_indices=False
    )


def quotient(number: Count, divisor: Count) -> Count:
    """Divide natural numbers without the operations that handle signs."""
    return _jax.lax.div(number, divisor)


def arange(size: int) -> Array:
    """Return the integers from 0 to size - 1."""
    return _jnp.arange(size)


def array(values: object) -> Array:
    """Create an array from a number or from nested sequences of numbers."""
    return _jnp.array(values)


def as_array(values: object) -> Array:
    """Convert a value to a JAX array without copying it if it already is one."""
    return _jnp.asarray(values)


def full(shape: int | tuple[int, ...], value: float) -> Array:
    """Return a float32 array filled with one number."""
    return _jnp.full(shape, value, _jnp.float32)


def zeros_like(values: Array | jax.ShapeDtypeStruct) -> Array:
    """Return zeros with the shape and type of an array."""
    return _jnp.zeros(values.shape, values.dtype)


def pad_rows(rows: Array, missing: int) -> Array:
    """Return an array (n, ...) with `missing` rows of zeros appended."""
    if not missing:
        return rows
    return _jnp.pad(rows, [(0, missing)] + [(0, 0)] * (rows.ndim - 1))


def to_device(tree: Value) -> Value:
    """Return a tree whose arrays are on the device."""
    return _jax.device_put(tree)


def to_host(tree: Value) -> Value:
    """Return a tree whose arrays are NumPy arrays."""
    return _jax.device_get(tree)


def block_until_ready(tree: Value) -> Value:
    """Wait until a tree's arrays are computed, then return the tree."""
    return _jax.block_until_ready(tree)


def configure(name: str, value: object) -> None:
    """Set a JAX option."""
    _jax.config.update(name, value)


@overload
def tree_map(function: Callable[[Array], Array], tree: Value) -> Value: ...
@overload
def tree_map(
    function: Callable[[Array, Array], Array], tree: Value, other: object, /
) -> Value: ...
def tree_map(function: Callable[..., Array], tree: Value, *others: object) -> Value:
    """Apply a function to the arrays of one or more trees with the same structure."""
    return _jax.tree.map(function, tree, *others)


@overload
def tree_map_with_path(
    function: Callable[[Path, Array], Array], tree: Value
) -> Value: ...
@overload
def tree_map_with_path(
    function: Callable[[Path, Array, Array], Array], tree: Value, other: object, /
) -> Value: ...
def tree_map_with_path(
    function: Callable[..., Array], tree: Value, *others: object
) -> Value:
    """Apply a function to each path and its arrays in one or more trees."""
    return _jax.tree_util.tree_map_with_path(function, tree, *others)


def tree_leaves(tree: object) -> list[Array]:
    """Return the arrays of a tree."""
    return _jax.tree.leaves(tree)


def tree_paths(tree: object) -> list[Path]:
    """Return the paths of a tree's arrays."""
    return [path for path, _ in _jax.tree_util.tree_leaves_with_path(tree)]


def tree_flatten(tree: object) -> tuple[list[Array], Structure]:
    """Return a tree's arrays and its structure."""
    return _jax.tree.flatten(tree)


def tree_unflatten(structure: Structure, leaves: Sequence[object]) -> Any:
    """Return a tree with the given structure and arrays."""
    return _jax.tree.unflatten(structure, leaves)
