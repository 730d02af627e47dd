"""Activations, layers and models.

`LAYERS` and `ACTIVATIONS` map kinds to the implementations of layers and activations.
"""

from assay._calls import explain_package
from assay.nn._context import Applied, Context
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
from assay.nn._registry import LayerRegistry
from assay.nn.activations._activation import (
    ACTIVATIONS,
    Activation,
    activation,
    derivative,
)
from assay.nn.layers import (
    _activation,
    _convolution,
    _dense,
    _dropout,
    _embedding,
    _pooling,
    _residual,
    _shaping,
    _transposed_convolution,
)
from assay.nn.layers._activation import *
from assay.nn.layers._convolution import *
from assay.nn.layers._dense import *
from assay.nn.layers._dropout import *
from assay.nn.layers._embedding import *
from assay.nn.layers._pooling import *
from assay.nn.layers._residual import *
from assay.nn.layers._shaping import *
from assay.nn.layers._transposed_convolution import *
from assay.nn.layers.attention import _positions, _self_attention
from assay.nn.layers.attention._positions import *
from assay.nn.layers.attention._self_attention import *
from assay.nn.layers.normalization import _batch, _features, _groups
from assay.nn.layers.normalization._batch import *
from assay.nn.layers.normalization._features import *
from assay.nn.layers.normalization._groups import *
from assay.nn.layers.recurrent import _gru, _lstm, _simple_rnn
from assay.nn.layers.recurrent._gru import *
from assay.nn.layers.recurrent._lstm import *
from assay.nn.layers.recurrent._recurrent import Recurrent
from assay.nn.layers.recurrent._simple_rnn import *
from assay.nn.layers.space import _rows, _upsampling
from assay.nn.layers.space._rows import *
from assay.nn.layers.space._upsampling import *

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LAYERS",
    "Activation",
    "Applied",
    "BuildContext",
    "Context",
    "Description",
    "Draws",
    "Hyperparameter",
    "Layer",
    "LayerRegistry",
    "Model",
    "Recurrent",
    "Row",
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
# Each layer module exports its own names. They are joined with `+=`, because type
# checkers do not support most other ways of building `__all__`.
__all__ += _activation.__all__
__all__ += _convolution.__all__
__all__ += _dense.__all__
__all__ += _dropout.__all__
__all__ += _embedding.__all__
__all__ += _pooling.__all__
__all__ += _residual.__all__
__all__ += _shaping.__all__
__all__ += _transposed_convolution.__all__
__all__ += _positions.__all__
__all__ += _self_attention.__all__
__all__ += _batch.__all__
__all__ += _features.__all__
__all__ += _groups.__all__
__all__ += _gru.__all__
__all__ += _lstm.__all__
__all__ += _simple_rnn.__all__
__all__ += _rows.__all__
__all__ += _upsampling.__all__

explain_package(__name__)
