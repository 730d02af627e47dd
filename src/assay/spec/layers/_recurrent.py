"""Recurrent layers, which read sequences step by step."""

from typing import ClassVar

from assay.spec._fields import Count
from assay.spec.layers._basic import Layer

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]


class Recurrent(Layer):
    """Walks along a sequence with a state; sequences may differ in length.

    Args:
        units: size of the state.
        return_sequences: whether to return the state after every step (many to many)
            or only the last one (many to one).
        bidirectional: whether to also walk backward and join both states, which doubles
            the number of channels.
    """

    units: Count
    return_sequences: bool = False
    bidirectional: bool = False


class SimpleRNN(Recurrent):
    """An Elman network: a dense layer of the input and the previous state, with tanh.

    For short sequences and for teaching. Over long sequences its gradient vanishes or
    explodes, so prefer `GRU` or `LSTM` there.

    References:
        Elman, 1990, "Finding structure in time".
    """

    kind: ClassVar[str] = "simple_rnn"
    formula: ClassVar[str] = "s[t] = tanh(x[t] W + s[t-1] U + b)"


class LSTM(Recurrent):
    """Long short-term memory: gates decide what its cell stores, keeps and outputs.

    For long sequences: what the forget gate keeps is passed on undiminished.

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
    """Gated recurrent unit: the idea of an LSTM with two gates and no cell.

    Often as good as an LSTM with three quarters of its parameters.

    References:
        Cho et al., 2014, "Learning phrase representations using RNN encoder-decoder".
    """

    kind: ClassVar[str] = "gru"
    formula: ClassVar[str] = "s[t] = (1 - z) * n + z * s[t-1]"
