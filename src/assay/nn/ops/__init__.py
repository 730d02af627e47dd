"""The layers' numerical kernels as pure functions of channels-last arrays."""

from assay.extension import extension_status
from assay.nn.ops._batch_normalizing import batch_normalize, normalize
from assay.nn.ops._broadcasting import along_last_axis
from assay.nn.ops._convolution import convolve, transposed_convolve
from assay.nn.ops._dense import DENSE_ACTIVATIONS, DenseStep, Dropped, dense
from assay.nn.ops._normalizing import group_normalize, layer_normalize, rms_normalize
from assay.nn.ops._periodic import periodic
from assay.nn.ops._pooling import (
    average_pool,
    global_average_pool,
    global_max_pool,
    max_pool,
)
from assay.nn.ops._sizes import (
    Slide,
    output_size,
    same_padding,
    slide,
    transposed_output_size,
)
from assay.nn.ops.recurrent._bidirectional import bidirectional
from assay.nn.ops.recurrent._gru import gru
from assay.nn.ops.recurrent._lstm import lstm
from assay.nn.ops.recurrent._simple_rnn import simple_rnn

__all__ = [
    "DENSE_ACTIVATIONS",
    "DenseStep",
    "Dropped",
    "Slide",
    "along_last_axis",
    "average_pool",
    "batch_normalize",
    "bidirectional",
    "convolve",
    "dense",
    "extension_status",
    "global_average_pool",
    "global_max_pool",
    "group_normalize",
    "gru",
    "layer_normalize",
    "lstm",
    "max_pool",
    "normalize",
    "output_size",
    "periodic",
    "rms_normalize",
    "same_padding",
    "simple_rnn",
    "slide",
    "transposed_convolve",
    "transposed_output_size",
]
