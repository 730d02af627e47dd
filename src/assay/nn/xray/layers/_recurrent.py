"""X-rays of recurrent layers, showing the gates at each step.

Each step starts from the previous state in the forward pass, so rounding errors do not
accumulate along the sequence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from assay import spec
from assay.nn import ops
from assay.nn.xray._calculation import (
    Calculation,
    Line,
    Position,
    Term,
    constant,
    product,
)
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__: list[str] = []

_WALKS = {"simple_rnn": ops.simple_rnn, "lstm": ops.lstm, "gru": ops.gru}

_Row = dict[str, int | float]  # the values of all gates at one step
# The lines before the last one, the terms of the state, and the last line unless it is
# the sum of the terms.
_Step = tuple[tuple[Line, ...], tuple[Term, ...], Line | None]


def _sigmoid(x: Any) -> Any:  # a number or an array
    return 1 / (1 + np.exp(-x))


@dataclass(eq=False)
class _Walk:
    """The computation of one unit of a recurrent layer for one sequence.

    Args:
        kind: kind of the cell.
        x: input, (steps, channels).
        before: state of all units before each step, (steps, h).
        order: the real steps in processing order.
        unit: index of the unit.
        weights: kernel, recurrent_kernel and bias; also recurrent_bias, initial_state
            and initial_cell if the layer has them.
    """

    kind: str
    x: np.ndarray
    before: np.ndarray
    order: list[int]
    unit: int
    weights: dict[str, np.ndarray]

    @property
    def units(self) -> int:
        """Number of units."""
        return self.weights["recurrent_kernel"].shape[0]

    def inputs(self, step: int, gate: int) -> tuple[Term, ...]:
        """Return the products of the input and the weights of a gate."""
        column = self.weights["kernel"][:, gate * self.units + self.unit]
        return tuple(
            product(value, weight, source=(step, c))
            for c, (value, weight) in enumerate(zip(self.x[step], column, strict=True))
        )

    def states(self, step: int, gate: int) -> tuple[Term, ...]:
        """Return the products of the previous state and the weights of a gate."""
        column = self.weights["recurrent_kernel"][:, gate * self.units + self.unit]
        pairs = zip(self.before[step], column, strict=True)
        return tuple(product(s, weight, what="state") for s, weight in pairs)

    def bias(self, gate: int) -> Term:
        """Return the bias of a gate."""
        return constant(self.weights["bias"][gate * self.units + self.unit], "b")

    def sums(self) -> np.ndarray:
        """Return the input of each gate's activation at each step, (steps, gates)."""
        own = slice(self.unit, None, self.units)
        w = self.weights
        kernels = w["kernel"][:, own], w["recurrent_kernel"][:, own]
        return self.x @ kernels[0] + self.before @ kernels[1] + w["bias"][own]

    def line(self, name: str, step: int, gate: int, *, operation: str) -> Line:
        """Return the line that calculates a gate at one step."""
        inside = Line.sum(
            name,
            (*self.inputs(step, gate), *self.states(step, gate), self.bias(gate)),
        )
        function = _sigmoid if operation == "sigmoid" else np.tanh
        return Line(name, inside.terms, float(function(inside.value)), operation)


def _simple_rnn(walk: _Walk) -> tuple[list[_Row], Callable[[int], _Step]]:
    s = np.tanh(walk.sums()[:, 0])
    rows = [{"step": t, "s": float(s[t])} for t in walk.order]

    def last(step: int) -> _Step:
        line = walk.line("s", step, 0, operation="tanh")
        return (), (constant(line.value, what="state"),), line

    return rows, last


def _lstm(walk: _Walk) -> tuple[list[_Row], Callable[[int], _Step]]:
    i, f, g, o = walk.sums().T
    i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
    initial = walk.weights.get("initial_cell")
    cell = 0.0 if initial is None else float(initial[walk.unit])
    rows, cells = [], {}
    for t in walk.order:
        cells[t] = cell
        cell = float(f[t] * cell + i[t] * g[t])
        gates = {"i": i[t], "f": f[t], "g": g[t], "o": o[t]}
        row = {"step": t, **gates, "c": cell, "s": o[t] * np.tanh(cell)}
        rows.append({name: _plain(value) for name, value in row.items()})

    def last(step: int) -> _Step:
        lines = [
            walk.line(name, step, gate, operation="tanh" if name == "g" else "sigmoid")
            for gate, name in enumerate("ifgo")
        ]
        i, f, g, o = (line.value for line in lines)
        kept = product(f, cells[step], what="cell")
        c = Line.sum("c", (kept, product(i, g, what="input")))
        term = product(o, np.tanh(c.value), what="state")
        h = Line("h", (constant(c.value, what="cell"),), term.factors[1], "tanh")
        return (*lines, c, h), (term,), None

    return rows, last


def _gru_reset_first(walk: _Walk) -> tuple[list[_Row], Callable[[int], _Step]]:
    """Explain a GRU whose reset gate is applied before the recurrent product."""
    h = walk.units
    recurrent_kernel = walk.weights["recurrent_kernel"]
    projected = walk.x @ walk.weights["kernel"] + walk.weights["bias"]
    resets = _sigmoid(projected[:, :h] + walk.before @ recurrent_kernel[:, :h])
    own = recurrent_kernel[:, 2 * h + walk.unit]
    r, z, n = walk.sums().T
    recurrent = walk.before @ own
    u = (resets * walk.before) @ own
    z, n = _sigmoid(z), np.tanh(n - recurrent + u)
    s = (1 - z) * n + z * walk.before[:, walk.unit]
    gates = {"r": resets[:, walk.unit], "z": z, "u": u, "n": n, "s": s}

    def last(step: int) -> _Step:
        z = walk.line("z", step, 1, operation="sigmoid")
        factors = zip(resets[step], walk.before[step], own, strict=True)
        u = Line.sum("u", [product(*three, what="state") for three in factors])
        n, terms = _new_state(walk, step, z, constant(u.value, what="state"))
        return (z, u, n), terms, None

    return _gate_rows(walk, gates), last


def _gru(walk: _Walk) -> tuple[list[_Row], Callable[[int], _Step]]:
    if "recurrent_bias" not in walk.weights:
        return _gru_reset_first(walk)
    inner = walk.weights["recurrent_bias"][walk.unit]
    own = slice(2 * walk.units + walk.unit, None, walk.units)
    recurrent = walk.before @ walk.weights["recurrent_kernel"][:, own][:, 0]
    r, z, n = walk.sums().T
    r, z = _sigmoid(r), _sigmoid(z)
    u = recurrent + inner
    n = np.tanh(n - recurrent + r * u)
    s = (1 - z) * n + z * walk.before[:, walk.unit]
    gates = {"r": r, "z": z, "u": u, "n": n, "s": s}

    def last(step: int) -> _Step:
        r = walk.line("r", step, 0, operation="sigmoid")
        z = walk.line("z", step, 1, operation="sigmoid")
        u = Line.sum("u", (*walk.states(step, 2), constant(inner, "c")))
        reset = product(r.value, u.value, what="state")
        n, terms = _new_state(walk, step, z, reset)
        return (r, z, u, n), terms, None

    return _gate_rows(walk, gates), last


def _gate_rows(walk: _Walk, gates: dict[str, np.ndarray]) -> list[_Row]:
    return [
        {"step": t, **{name: float(v[t]) for name, v in gates.items()}}
        for t in walk.order
    ]


def _new_state(
    walk: _Walk, step: int, z: Line, from_state: Term
) -> tuple[Line, tuple[Term, ...]]:
    """Return the candidate n of a GRU and the terms of its new state.

    Args:
        walk: unit of the GRU.
        step: index of the step.
        z: line that calculates the update gate.
        from_state: contribution of the previous state to n, before the tanh.
    """
    inside = Line.sum("n", (*walk.inputs(step, 2), walk.bias(2), from_state))
    n = Line("n", inside.terms, float(np.tanh(inside.value)), "tanh")
    kept = product(z.value, walk.before[step, walk.unit], what="state")
    return n, (product(1 - z.value, n.value, what="new"), kept)


_CELLS = {"simple_rnn": _simple_rnn, "lstm": _lstm, "gru": _gru}
_FORMULAS = {
    "simple_rnn": spec.SimpleRNN.formula,
    "lstm": "c[t] = f c[t-1] + i g, h = tanh(c[t]), s[t] = o h",
    "gru": "n = tanh(x[t] W + b + r u), s[t] = (1 - z) n + z s[t-1]",
}
_RESET_FIRST = "n = tanh(x[t] W + b + u), u = (r s[t-1]) U, s[t] = (1 - z) n + z s[t-1]"


def _plain(value: float) -> int | float:
    return value if isinstance(value, int) else float(value)


def _walked(
    layer_pass: LayerPass, row: int, kind: str, *, prefix: str, unit: int
) -> _Walk:
    """Return one unit's pass over the steps, with states recomputed in float32."""
    layer: Any = layer_pass.layer
    optional = [n for n in ("recurrent_bias", *layer.states) if hasattr(layer, n)]
    names = ["kernel", "recurrent_kernel", "bias", *optional]
    weights = {n: np.asarray(getattr(layer, prefix + n)[...]) for n in names}
    real = layer_pass.num_steps(row)
    backward = layer.runs_backwards(prefix)
    order = list(range(real))[::-1] if backward else list(range(real))
    x = layer_pass.x[row]
    before = np.zeros((len(x), weights["recurrent_kernel"].shape[0]))
    if real:
        options: dict[str, Any] = {"reverse": backward, "lengths": jnp.array([real])}
        if kind == "gru":
            options |= {"reset_after": layer.reset_after}
            options |= {"recurrent_bias": weights.get("recurrent_bias")}
        if layer.learns_state:
            initial = [jnp.asarray(weights[name])[None] for name in layer.states]
            options["initial"] = tuple(initial) if initial[1:] else initial[0]
            before[order[0]] = weights["initial_state"]
        walk: Any = _WALKS[kind]
        states, _ = walk(jnp.asarray(x)[None], *map(weights.get, names[:3]), **options)
        states = np.asarray(states)[0]
        for earlier, later in zip(order, order[1:], strict=False):
            before[later] = states[earlier]
    exact = {name: value.astype(np.float64) for name, value in weights.items()}
    return _Walk(kind, x.astype(np.float64), before, order, unit, exact)


@xrays(spec.SimpleRNN, spec.LSTM, spec.GRU)
def _recurrent(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    layer: Any = layer_pass.layer
    kind: str = layer.kind
    reset_first = kind == "gru" and not layer.reset_after
    formula = _RESET_FIRST if reset_first else _FORMULAS[kind]
    width = layer.output_shape[-1] // len(layer.directions)
    direction, unit = divmod(at[-1], width)
    prefix = layer.directions[direction]
    walk = _walked(layer_pass, row, kind, prefix=prefix, unit=unit)
    details: dict[str, Any] = {"unit": unit, "direction": "forward"}
    if layer.runs_backwards(prefix):
        details["direction"] = "backward"
    if not walk.order and layer.learns_state and not layer.return_sequences:
        term = constant(walk.weights["initial_state"][unit], what="state")
        return Calculation(formula, (term,), details=details)
    if not walk.order or (layer.return_sequences and at[0] not in walk.order):
        details["padded"] = True
        return Calculation(formula, (), details=details)
    step = at[0] if layer.return_sequences else walk.order[-1]
    rows, last = _CELLS[kind](walk)
    details["step"] = step
    details["gates"] = rows[: walk.order.index(step) + 1]
    lines, terms, result = last(step)
    sizes = [sum(abs(term.value) for term in line.terms) for line in lines]
    return Calculation(
        formula,
        terms,
        lines=lines,
        result=result,
        details=details,
        magnitude=1.0 + max(sizes, default=0.0),
    )
