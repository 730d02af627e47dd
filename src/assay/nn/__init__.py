"""Activations, layers and models.

`LAYERS` and `ACTIVATIONS` have the implementation of every kind of layer; a new one
needs no entry here.
"""

from assay.nn._context import Context
from assay.nn._describe import Row, describe, description_text
from assay.nn._initializers import INITIALIZERS, initialize
from assay.nn._layer import (
    LAYERS,
    BuildContext,
    Description,
    Hyperparameter,
    Layer,
    builds,
)
from assay.nn._layer_names import is_picked, layer_names, layer_paths
from assay.nn._masks import Draws, fold, iteration_key
from assay.nn._model import Model, build
from assay.nn.activations._activation import (
    ACTIVATIONS,
    Activation,
    activation,
    derivative,
)
from assay.nn.layers._activation import ActivationLayer
from assay.nn.layers._convolution import Convolution
from assay.nn.layers._dense import Dense
from assay.nn.layers._dropout import Dropout, SpatialDropout
from assay.nn.layers._embedding import EmbedColumns, Embedding
from assay.nn.layers._normalization import BatchNorm, LayerNorm
from assay.nn.layers._pooling import (
    AveragePool,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool,
)
from assay.nn.layers._recurrent import GRU, LSTM, Recurrent, SimpleRNN
from assay.nn.layers._residual import Residual
from assay.nn.layers._shaping import Flatten, Input, Reshape
from assay.nn.layers._transposed_convolution import TransposedConvolution

__all__ = [
    "ACTIVATIONS",
    "GRU",
    "INITIALIZERS",
    "LAYERS",
    "LSTM",
    "Activation",
    "ActivationLayer",
    "AveragePool",
    "BatchNorm",
    "BuildContext",
    "Context",
    "Convolution",
    "Dense",
    "Description",
    "Draws",
    "Dropout",
    "EmbedColumns",
    "Embedding",
    "Flatten",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Hyperparameter",
    "Input",
    "Layer",
    "LayerNorm",
    "MaxPool",
    "Model",
    "Recurrent",
    "Reshape",
    "Residual",
    "Row",
    "SimpleRNN",
    "SpatialDropout",
    "TransposedConvolution",
    "activation",
    "build",
    "builds",
    "derivative",
    "describe",
    "description_text",
    "fold",
    "initialize",
    "is_picked",
    "iteration_key",
    "layer_names",
    "layer_paths",
]
