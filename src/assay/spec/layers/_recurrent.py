"""Recurrent layers, which read sequences step by step."""

from typing import ClassVar

from assay.spec._fields import Count
from assay.spec.layers._basic import Layer

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]


class Recurrent(Layer):
    """Updates a state at each step of a sequence; sequences may differ in length.

    Args:
        units: size of the state.
        return_sequences: whether to return the state after every step (many to many)
            instead of the last state (many to one).
        bidirectional: whether to also process the steps in reverse order and
            concatenate both states, which doubles the number of channels.
    """

    units: Count
    return_sequences: bool = False
    bidirectional: bool = False


class SimpleRNN(Recurrent):
    """An Elman network, a dense tanh layer of the input and the previous state.

    For short sequences and for teaching. For long sequences, prefer `GRU` or `LSTM`,
    because the gradient of a simple RNN vanishes or explodes.

    References:
        Elman, 1990, "Finding structure in time".
    """

    kind: ClassVar[str] = "simple_rnn"
    formula: ClassVar[str] = "s[t] = tanh(x[t] W + s[t-1] U + b)"


class LSTM(Recurrent):
    """Long short-term memory, whose gates write, keep and read a cell.

    For long sequences. Values that the forget gate keeps do not decay.

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
    """Gated recurrent unit, a simpler LSTM with two gates and without a cell.

    A GRU often performs as well as an LSTM, with three quarters of the parameters.

    References:
        Cho et al., 2014, "Learning phrase representations using RNN encoder-decoder".
    """

    kind: ClassVar[str] = "gru"
    formula: ClassVar[str] = "s[t] = (1 - z) * n + z * s[t-1]"
