"""Default nets for images, series and text, and how they are trained.

One setting that trains well without being told; its learning rate and weight decay
are spaces, of which a single trial takes the middle.
"""

from typing import Any

from assay import spec
from assay.experiment.defaults._data_profile import DataProfile

__all__ = ["few_trials", "nets", "trained_so"]

_SMALLEST_SIDE = 8  # of an image that is pooled once more
_LARGE_SIDE = 64  # an image above it is halved at once
_MAX_STAGES = 5
_WIDE_FROM = 10_000  # training images from which a net of twice the width pays
_LONG = 128  # steps from which a series is halved after a block
_UPDATES = {"image": 1500, "sequence": 1500, "text": 1500}
_MIN_EPOCHS, _MAX_EPOCHS = 12, 800
_FEW_TRIALS = 3
_TUNED_FROM = 5000  # training examples from which val tells settings apart


def nets(facts: DataProfile) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the nets to try on images, series or text, from the simplest up."""
    if facts.kind == "image":
        return {"conv": _image_net(facts)}
    if facts.kind == "sequence":
        return {"conv": _series_net(facts)}
    return {"bag": _bag_net(facts), "conv": _text_net(facts)}


def trained_so(facts: DataProfile) -> dict[str, Any]:
    """Return how such nets are trained: fields of an experiment."""
    batch_size = 16
    while batch_size < 128 and batch_size * 80 < facts.num_train:
        batch_size *= 2
    epochs = _UPDATES[facts.kind] * batch_size / facts.num_train
    light = (spec.Shift(0.08),) if facts.kind == "image" else ()
    return {
        "optimizer": spec.Adam(spec.Log(5e-4, 5e-3)),
        "schedule": spec.WarmupCosine(),
        "regularizers": (spec.WeightDecay(spec.Log(1e-3, 1e-1)),),
        "augment": light,
        "batch_size": batch_size,
        "num_epochs": int(min(max(epochs, _MIN_EPOCHS), _MAX_EPOCHS)),
    }


def few_trials(facts: DataProfile) -> int:
    """Return how many settings are tried: where val is small, it cannot choose."""
    return _FEW_TRIALS if facts.num_train >= _TUNED_FROM else 1


def _image_net(facts: DataProfile) -> tuple[spec.Layer, ...]:
    """Two convolutions a stage, each stage at half the size and twice the width.

    Batch norm after each convolution, a mean over space before the output: it takes
    images of any size. After VGG (Simonyan and Zisserman, 2014).
    """
    side = min(facts.input_shape[:2])
    width = 32 if facts.num_train >= _WIDE_FROM else 16
    layers: list[spec.Layer] = []
    stride = 2 if side > _LARGE_SIDE else 1
    side //= stride
    for stage in range(_MAX_STAGES):
        layers += [*_conv2d(width, stride), *_conv2d(width)]
        stride, width = 1, min(2 * width, 256)
        if side < _SMALLEST_SIDE or stage == _MAX_STAGES - 1:
            break
        layers.append(spec.MaxPool2D(2))
        side //= 2
    return (*layers, spec.GlobalAveragePool(), spec.Dropout(0.2))


def _conv2d(filters: int, stride: int = 1) -> tuple[spec.Layer, ...]:
    conv = spec.Conv2D(filters, 3, stride=stride, bias=False)
    return conv, spec.BatchNorm(), spec.ReLU()


def _series_net(facts: DataProfile) -> tuple[spec.Layer, ...]:
    """Three residual blocks of convolutions with kernels 9, 5 and 3, then a mean.

    After the ResNet of Wang, Yan and Oates, 2016, "Time series classification from
    scratch", with fewer filters, and long series halved between the blocks.
    """
    layers: list[spec.Layer] = []
    steps = facts.input_shape[0]
    for filters in (32, 64, 64):
        layers += [spec.Residual(_block(filters)), spec.ReLU()]
        if steps >= _LONG:
            layers.append(spec.MaxPool1D(2))
            steps //= 2
    return (*layers, spec.GlobalAveragePool(), spec.Dropout(0.2))


def _block(filters: int) -> tuple[spec.Layer, ...]:
    layers: list[spec.Layer] = []
    for size in (9, 5, 3):
        layers += [
            spec.Conv1D(filters, size, bias=False),
            spec.BatchNorm(),
            spec.ReLU(),
        ]
    return tuple(layers[:-1])


def _bag_net(facts: DataProfile) -> tuple[spec.Layer, ...]:
    """The mean of what each word stands for; after fastText (Joulin et al., 2016)."""
    embedding = spec.Embedding(int(facts.num_codes or 2), 32)
    return embedding, spec.GlobalAveragePool(), spec.Dropout(0.2)


def _text_net(facts: DataProfile) -> tuple[spec.Layer, ...]:
    """The strongest of each pattern of words, wherever it stands; after Kim, 2014."""
    return (
        spec.Embedding(int(facts.num_codes or 2), 32),
        spec.SpatialDropout(0.2),
        spec.Conv1D(64, 3),
        spec.ReLU(),
        spec.GlobalMaxPool(),
        spec.Dropout(0.3),
    )
