"""Activations, layers and models."""

from assay.nn._activation_layer import ActivationLayer
from assay.nn._activations import REGISTRY as ACTIVATIONS
from assay.nn._activations import Activation, derivative
from assay.nn._chain import layer_names, layer_paths
from assay.nn._context import Context
from assay.nn._convolution import Convolution, TransposedConvolution
from assay.nn._dense import Dense
from assay.nn._describe import Row, describe, description_text
from assay.nn._dropout import Dropout, SpatialDropout
from assay.nn._embedding import EmbedColumns, Embedding
from assay.nn._initializers import INITIALIZERS, initialize
from assay.nn._layer import LAYERS, About, Layer, Site, builds
from assay.nn._masks import Draws, fold, iteration_key
from assay.nn._matching import is_picked
from assay.nn._model import Model, build
from assay.nn._normalization import BatchNorm, LayerNorm
from assay.nn._pooling import AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool
from assay.nn._recurrent import GRU, LSTM, Recurrent, SimpleRNN
from assay.nn._residual import Residual
from assay.nn._shaping import Flatten, Input, Reshape
from assay.nn._variables import Hyperparameter

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
