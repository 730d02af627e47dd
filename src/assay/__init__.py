"""Assay trains supervised neural networks by the book and says what they are worth.

`assay.train("digits")` runs the whole protocol: split, tune on val, train again on
train + val, open the sealed test part once. `assay.Experiment(...)` is the same with
every choice in the open. Importing this is quick: a name is found, and the engine
started, when it is first asked for.
"""

import importlib
import sys
from typing import TYPE_CHECKING, Any

from assay._version import __version__ as __version__

if TYPE_CHECKING:
    from assay import (
        costs,
        data,
        evaluate,
        experiment,
        metrics,
        nn,
        optim,
        records,
        regularize,
        spec,
    )
    from assay._errors import (
        AssayError,
        InputError,
        Interrupted,
        RunError,
    )
    from assay.experiment import (
        Experiment,
        Model,
        Observer,
        Raced,
        Run,
        Tuning,
        load,
        race,
        train,
        tune,
    )
    from assay.records import Finding
    from assay.spec import (
        ELU,
        GELU,
        GRU,
        L1,
        L2,
        LAMB,
        LSTM,
        SGD,
        AbsoluteError,
        Adadelta,
        Adagrad,
        Adam,
        AdamW,
        AveragePool1D,
        AveragePool2D,
        AveragePool3D,
        BatchNorm,
        BinaryCrossEntropy,
        Brightness,
        Constant,
        Contrast,
        Conv1D,
        Conv2D,
        Conv3D,
        ConvTranspose1D,
        ConvTranspose2D,
        ConvTranspose3D,
        Cosine,
        CrossEntropy,
        Cutout,
        Dense,
        DepthwiseConv1D,
        DepthwiseConv2D,
        DepthwiseConv3D,
        Dropout,
        EarlyStopping,
        EmbedColumns,
        Embedding,
        Exponential,
        Flatten,
        GaussianLikelihood,
        GlobalAveragePool,
        GlobalMaxPool,
        Hinge,
        HorizontalFlip,
        Huber,
        Identity,
        Input,
        Jitter,
        LabelSmoothing,
        LayerNorm,
        LeakyReLU,
        Linear,
        Lion,
        LogLikelihood,
        Masking,
        MaxPool1D,
        MaxPool2D,
        MaxPool3D,
        Mixup,
        Momentum,
        Nadam,
        Nesterov,
        OneCycle,
        OnPlateau,
        ParametricReLU,
        PoissonLikelihood,
        Polynomial,
        ReLU,
        Reshape,
        Residual,
        RMSProp,
        Rotate,
        Scaling,
        Shift,
        Sigmoid,
        SiLU,
        SimpleRNN,
        Softmax,
        Softplus,
        SpatialDropout,
        Split,
        SquaredError,
        Step,
        Tanh,
        TimeCrop,
        TimeShift,
        Tune,
        VerticalFlip,
        Warmup,
        WarmupCosine,
        WeightDecay,
    )
    from assay.spec import Choice as choice  # noqa: N813 - read as functions of a range
    from assay.spec import Integer as integer  # noqa: N813
    from assay.spec import Log as log  # noqa: N813
    from assay.spec import Uniform as uniform  # noqa: N813

__all__ = [
    "ELU",
    "GELU",
    "GRU",
    "L1",
    "L2",
    "LAMB",
    "LSTM",
    "SGD",
    "AbsoluteError",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "AssayError",
    "AveragePool1D",
    "AveragePool2D",
    "AveragePool3D",
    "BatchNorm",
    "BinaryCrossEntropy",
    "Brightness",
    "Constant",
    "Contrast",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "ConvTranspose1D",
    "ConvTranspose2D",
    "ConvTranspose3D",
    "Cosine",
    "CrossEntropy",
    "Cutout",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "DepthwiseConv3D",
    "Dropout",
    "EarlyStopping",
    "EmbedColumns",
    "Embedding",
    "Experiment",
    "Exponential",
    "Finding",
    "Flatten",
    "GaussianLikelihood",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Hinge",
    "HorizontalFlip",
    "Huber",
    "Identity",
    "Input",
    "InputError",
    "Interrupted",
    "Jitter",
    "LabelSmoothing",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "Lion",
    "LogLikelihood",
    "Masking",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "Mixup",
    "Model",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Observer",
    "OnPlateau",
    "OneCycle",
    "ParametricReLU",
    "PoissonLikelihood",
    "Polynomial",
    "RMSProp",
    "Raced",
    "ReLU",
    "Reshape",
    "Residual",
    "Rotate",
    "Run",
    "RunError",
    "Scaling",
    "Shift",
    "SiLU",
    "Sigmoid",
    "SimpleRNN",
    "Softmax",
    "Softplus",
    "SpatialDropout",
    "Split",
    "SquaredError",
    "Step",
    "Tanh",
    "TimeCrop",
    "TimeShift",
    "Tune",
    "Tuning",
    "VerticalFlip",
    "Warmup",
    "WarmupCosine",
    "WeightDecay",
    "choice",
    "costs",
    "data",
    "evaluate",
    "experiment",
    "integer",
    "load",
    "log",
    "metrics",
    "nn",
    "optim",
    "race",
    "records",
    "regularize",
    "spec",
    "train",
    "tune",
    "uniform",
]

_ERRORS = ("AssayError", "InputError", "Interrupted", "RunError")
_EXPERIMENT = ("Experiment", "Model", "Observer", "Raced", "Run", "load", "race")
_EXPERIMENT += ("Tuning", "train", "tune")
_PACKAGES = ("costs", "data", "evaluate", "experiment", "metrics", "nn", "optim")
_PACKAGES += ("records", "regularize", "spec")
_SPACES = {"choice": "Choice", "integer": "Integer", "log": "Log", "uniform": "Uniform"}


def _home(name: str) -> str:
    """Return the module that a public name comes from; the spec unless listed."""
    if name in _EXPERIMENT:
        return "assay.experiment"
    if name in _ERRORS:
        return "assay._errors"
    return "assay.records" if name == "Finding" else "assay.spec"


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module 'assay' has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[__name__])
    if name in _PACKAGES:
        return importlib.import_module(f"assay.{name}")
    found = getattr(importlib.import_module(_home(name)), _SPACES.get(name, name))
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
