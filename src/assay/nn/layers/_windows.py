"""How a window meets its input: the numbers of a spec, checked, and as formulas."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from assay import spec
from assay._errors import Faults, InputError
from assay.nn import ops
from assay.nn._layer import Site, shape_text

__all__ = ["Sliding", "check_rank", "each_axis", "sliding"]

AXES = {1: ("W",), 2: ("H", "W"), 3: ("Z", "H", "W")}
_FORMS = {
    1: "(steps, channels)",
    2: "(height, width, channels)",
    3: "(depth, height, width, channels)",
}
_FORMS_TO_PASTE = {1: "(steps, 1)", 2: "(height, width, 1)", 3: "(d, h, w, 1)"}


@dataclass(frozen=True)
class Sliding:
    """A window over one to three axes, in numbers.

    Args:
        space: W, the input's size along each axis.
        size: F, the window's.
        stride: S.
        padding: zeros (before, after) each axis.
        dilation: rows from one element of the window to the next.
        same: whether "same" padding was asked for.
    """

    space: tuple[int, ...]
    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    same: bool

    @property
    def slides(self) -> tuple[ops.Slide, ...]:
        """Places, dropped rows and formula along each axis."""
        numbers = zip(
            self.space, self.size, self.stride, self.padding, self.dilation, strict=True
        )
        return tuple(ops.slide(w, f, s, p, dilation=d) for w, f, s, p, d in numbers)

    @property
    def output(self) -> tuple[int, ...]:
        """Number of places along each axis."""
        return tuple(slide.output_size for slide in self.slides)

    @property
    def area(self) -> int:
        """Number of elements of the window."""
        return math.prod(self.size)

    @property
    def formula(self) -> str:
        """The output's size with the numbers put in; alike axes are told once."""
        letters = AXES[len(self.space)]
        told: dict[str, str] = {}
        for letter, slide in zip(letters, self.slides, strict=True):
            before = told.get(slide.formula)
            told[slide.formula] = f"{before} = {letter}2" if before else f"{letter}2"
        return ", ".join(f"{names} = {formula}" for formula, names in told.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """What strides that do not divide leave out; alike axes are told once."""
        told: dict[tuple[int, int], list[str]] = {}
        letters = AXES[len(self.space)]
        for letter, step, slide in zip(letters, self.stride, self.slides, strict=True):
            if slide.dropped:
                told.setdefault((step, slide.dropped), []).append(letter)
        return tuple(
            f"stride {step} does not divide along {' and '.join(names)}: no window "
            f"reaches the last {'row' if dropped == 1 else f'{dropped} rows'}"
            for (step, dropped), names in told.items()
        )

    def lengths(self, lengths: jax.Array | None) -> jax.Array | None:
        """Return how many places lie within each sequence, of real steps (n,)."""
        if lengths is None:
            return None
        step, (low, high) = self.stride[0], self.padding[0]
        reach = self.dilation[0] * (self.size[0] - 1) + 1
        if self.same:
            return -(-lengths // step)
        places = (lengths + low + high - reach) // step + 1
        return jnp.where(lengths > 0, jnp.clip(places, 0, self.output[0]), 0)


def sliding(asked: Any, site: Site) -> Sliding:
    """Return the window that a spec asks for at a site.

    Raises:
        InputError: the input has another number of axes, or no window fits; all
            faults.
    """
    check_rank(asked, site)
    rank, space = asked.rank, site.input_shape[:-1]
    size = each_axis(asked.size, rank)
    stride = each_axis(asked.size if asked.stride is None else asked.stride, rank)
    dilation = each_axis(getattr(asked, "dilation", 1), rank)
    found = Sliding(
        space,
        size,
        stride,
        _padding(asked.padding, (space, size, stride, dilation)),
        dilation,
        same=asked.padding == "same",
    )
    _check(found, asked, site)
    return found


def check_rank(asked: spec.Window, site: Site) -> None:
    """Raise unless the input has as many axes of space as the window."""
    shape, rank = site.input_shape, asked.rank
    if len(shape) == rank + 1:
        return
    if len(shape) == 1:
        form = _FORMS_TO_PASTE[rank]
        fix = f"Put Reshape({form}) before it, with the numbers of your data."
    elif len(shape) == rank:
        fix = f"Put Reshape({(*shape, 1)}) before it."
    else:
        name = type(asked).__name__.replace(f"{rank}D", f"{len(shape) - 1}D")
        fix = f"Write {name}." if len(shape) < 5 else "Put Reshape(...) before it."
    rule = f"the input of {asked.kind} is {_FORMS[rank]}"
    raise InputError(site.fault(rule, "input_shape", shape, fix))


def each_axis(value: Any, rank: int) -> tuple[int, ...]:
    """Return a number for each axis, of one for all or one for each."""
    return tuple(value) if isinstance(value, tuple) else (int(value),) * rank


def _padding(
    asked: Any, numbers: tuple[Sequence[int], ...]
) -> tuple[tuple[int, int], ...]:
    rank = len(numbers[0])
    if asked == "same":
        rows = zip(*numbers, strict=True)
        return tuple(ops.same_padding(w, f, s, dilation=d) for w, f, s, d in rows)
    if asked == "causal":
        rows = zip(numbers[1], numbers[3], strict=True)
        return tuple((d * (f - 1), 0) for f, d in rows)
    zeros = each_axis(0 if asked == "valid" else asked, rank)
    return tuple((rows, rows) for rows in zeros)


def _check(found: Sliding, asked: Any, site: Site) -> None:
    faults = Faults()
    padded = tuple(w + sum(p) for w, p in zip(found.space, found.padding, strict=True))
    axes = zip(found.dilation, found.size, strict=True)
    reach = tuple(d * (f - 1) + 1 for d, f in axes)
    pools = isinstance(asked, spec.Pooling)
    if any(r > w for r, w in zip(reach, padded, strict=True)):
        what = "window" if pools else "kernel"
        fix = f"The padded input is {shape_text(padded)}. "
        if reach != found.size:
            fix += f"Dilated, the kernel covers {shape_text(reach)}. "
        fix += f"Use a smaller {what}, or more padding."
        rule = "size <= input + padding"
        faults.add(site.fault(rule, "size", asked.size, fix))
    pairs = zip(found.padding, found.size, strict=True)
    if pools and any(2 * max(p) > f for p, f in pairs):
        fix = "Use at most half of the window, so that each sees a real value."
        faults.add(site.fault("padding <= size / 2", "padding", asked.padding, fix))
    faults.raise_if_any()
