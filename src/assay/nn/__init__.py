"""Activations, layers and models."""

from assay.nn._activations import REGISTRY as ACTIVATIONS
from assay.nn._activations import Activation, derivative
from assay.nn._chain import layer_names, layer_paths
from assay.nn._context import Context
from assay.nn._describe import Row, describe, description_text
from assay.nn._initializers import INITIALIZERS, initialize
from assay.nn._layer import LAYERS, About, Layer, Site, builds
from assay.nn._masks import Draws, fold, iteration_key
from assay.nn._matching import is_picked
from assay.nn._model import Model, build
from assay.nn._variables import Hyperparameter
from assay.nn.layers._activation import ActivationLayer
from assay.nn.layers._convolution import Convolution, TransposedConvolution
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

__all__ = [
    "ACTIVATIONS",
    "GRU",
    "INITIALIZERS",
    "LAYERS",
    "LSTM",
    "About",
    "Activation",
    "ActivationLayer",
    "AveragePool",
    "BatchNorm",
    "Context",
    "Convolution",
    "Dense",
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
    "Site",
    "SpatialDropout",
    "TransposedConvolution",
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
