"""Activations, layers and models."""

from assay.nn._activation_layer import ActivationLayer
from assay.nn._activations import REGISTRY as ACTIVATIONS
from assay.nn._activations import Activation, derivative
from assay.nn._context import Context
from assay.nn._dense import Dense
from assay.nn._dropout import Dropout
from assay.nn._initializers import INITIALIZERS, initialize
from assay.nn._layer import LAYERS, Layer, Site, builds
from assay.nn._model import Model, build, layer_names
from assay.nn._normalization import BatchNorm
from assay.nn._variables import Hyperparameter

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "LAYERS",
    "Activation",
    "ActivationLayer",
    "BatchNorm",
    "Context",
    "Dense",
    "Dropout",
    "Hyperparameter",
    "Layer",
    "Model",
    "Site",
    "build",
    "builds",
    "derivative",
    "initialize",
    "layer_names",
]
