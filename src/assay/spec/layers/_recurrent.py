"""Layers that process sequences step by step."""

from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._fields import Count
from assay.spec.layers._layer import Layer

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]


class Recurrent(Layer):
    """Updates a state at each step of a sequence. Sequences may differ in length.

    Args:
        units: size of the state.
        return_sequences: whether to return the state after every step (many to many)
            instead of the last state (many to one).
        bidirectional: whether to also process the steps in reverse order and
            concatenate both states, which doubles the number of channels.
        reverse: whether to process the steps only in reverse order. Each state is
            returned at the position of its step, so the final state is the one at the
            first step.
        initial_state: "zeros", or "learned" to learn the state before the first step,
            starting from zeros.
    """

    units: Count
    return_sequences: bool = False
    bidirectional: bool = False
    reverse: bool = False
    initial_state: Literal["zeros", "learned"] = "zeros"

    @model_validator(mode="after")
    def _one_kind_of_direction(self) -> "Recurrent":
        if self.bidirectional and self.reverse:
            fix = "Remove reverse; bidirectional already processes both directions."
            messages = [fault("not (bidirectional and reverse)", "reverse", True, fix)]
            raise PydanticCustomError("said", "reverse", {"messages": messages})
        return self


class SimpleRNN(Recurrent):
    """An Elman network: a dense tanh layer applied to the input and previous state.

    Use it for short sequences and for teaching. For long sequences, prefer `GRU` or
    `LSTM`, because the gradient of a simple RNN vanishes or explodes.

    References:
        Elman, 1990, "Finding structure in time".
    """

    kind: ClassVar[str] = "simple_rnn"
    formula: ClassVar[str] = "s[t] = tanh(x[t] W + s[t-1] U + b)"


class LSTM(Recurrent):
    """Long short-term memory (LSTM), whose gates control access to a memory cell.

    Use it for long sequences. Values kept by the forget gate do not decay.

    Example:
        >>> [LSTM(64, return_sequences=True), LSTM(64)][1].bidirectional
        False

    References:
        Hochreiter and Schmidhuber, 1997, "Long short-term memory".
        Jozefowicz, Zaremba and Sutskever, 2015, "An empirical exploration of
        recurrent network architectures" (the forget gate's bias).
    """

    kind: ClassVar[str] = "lstm"
    formula: ClassVar[str] = "c[t] = f * c[t-1] + i * g, s[t] = o * tanh(c[t])"


class GRU(Recurrent):
    """Gated recurrent unit, a simplified LSTM with two gates and no memory cell.

    A GRU often performs as well as an LSTM, with three quarters of the parameters.

    Args:
        units: size of the state.
        return_sequences: whether to return the state after every step.
        bidirectional: whether to also process the steps in reverse order.
        reverse: whether to process the steps only in reverse order.
        initial_state: "zeros", or "learned" to learn the state before the first step.
        reset_after: whether the reset gate multiplies the product of the state and its
            weights, as in PyTorch and by default in Keras. Otherwise, it multiplies the
            state before the product, as in the paper and by default in ONNX.

    Example:
        >>> GRU(8, reset_after=False).initial_state
        'zeros'

    References:
        Cho et al., 2014, "Learning phrase representations using RNN encoder-decoder".
    """

    kind: ClassVar[str] = "gru"
    formula: ClassVar[str] = "s[t] = (1 - z) * n + z * s[t-1]"
    reset_after: bool = True
