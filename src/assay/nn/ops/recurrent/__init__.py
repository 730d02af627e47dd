"""Recurrent layers as functions: simple RNN, LSTM and GRU.

Each function takes x (n, t, c) and returns the outputs (n, t, h) and the last state.
Rows may have different lengths. A padded step leaves the state unchanged and outputs
zeros, so padding does not change the result of a row. With `reverse`, the steps are
processed from last to first, starting at the last real step of each row.

The functions are differentiable to any order in reverse mode and in
forward-over-reverse mode, but not by `jax.jvp` alone if the C++ extension runs the LSTM
or GRU.

Gates and equations are the same as in PyTorch, but kernels are transposed to
(in, gates * h).
"""
