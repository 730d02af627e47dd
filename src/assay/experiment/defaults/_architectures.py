"""Default networks and training settings for images, sequences and text.

Only the learning rate and the weight decay have search spaces. A search with a single
trial uses the middle of these spaces.
"""

from typing import Any

from assay import spec
from assay.experiment.defaults._batch_size import batch_size
from assay.experiment.defaults._data_profile import DataProfile

__all__ = ["few_trials", "networks", "training_fields"]

_SMALLEST_SIDE = 8  # smaller feature maps are not pooled
_LARGE_SIDE = 64  # the first convolution halves larger images
_MAX_STAGES = 5
_WIDE_FROM = 10_000  # with this many training images, doubling the width helps
_LONG = 128  # sequences with at least this many steps are halved after each block
_UPDATES = {"image": 1500, "sequence": 1500, "text": 1500}
_MIN_EPOCHS, _MAX_EPOCHS = 12, 800
_FEW_TRIALS = 3
_TUNED_FROM = 5000  # with fewer training examples, val is too small to rank settings


def networks(profile: DataProfile) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the networks to try on the data, from simplest to most complex."""
    if profile.kind == "image":
        return {"conv": _image_network(profile)}
    if profile.kind == "sequence":
        return {"conv": _sequence_network(profile)}
    return {"bag": _bag_network(profile), "conv": _text_network(profile)}


def training_fields(profile: DataProfile) -> dict[str, Any]:
    """Return the training settings for the default networks as experiment fields."""
    size = batch_size(profile.num_train, 80, 16, 128)
    epochs = _UPDATES[profile.kind] * size / profile.num_train
    light = (spec.Shift(0.08),) if profile.kind == "image" else ()
    return {
        "optimizer": spec.Adam(spec.Log(5e-4, 5e-3)),
        "schedule": spec.WarmupCosine(),
        "regularizers": (spec.WeightDecay(spec.Log(1e-3, 1e-1)),),
        "augment": light,
        "batch_size": size,
        "num_epochs": int(min(max(epochs, _MIN_EPOCHS), _MAX_EPOCHS)),
    }


def few_trials(profile: DataProfile) -> int:
    """Return the number of settings to try, or 1 if val is small."""
    return _FEW_TRIALS if profile.num_train >= _TUNED_FROM else 1


def _image_network(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return stages of two convolutions, each stage halving size and doubling width.

    Each convolution is followed by batch normalization. Global average pooling follows
    the last stage, so images may have any size. The design follows VGG (Simonyan and
    Zisserman, 2014).
    """
    side = min(profile.input_shape[:2])
    width = 32 if profile.num_train >= _WIDE_FROM else 16
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


def _sequence_network(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return three residual blocks (kernel sizes 9, 5 and 3), then a mean over steps.

    The design follows the ResNet of Wang, Yan and Oates, 2016, "Time series
    classification from scratch", with fewer filters. Long sequences are halved after
    each block.
    """
    layers: list[spec.Layer] = []
    steps = profile.input_shape[0]
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


def _bag_network(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return layers that average word embeddings (fastText, Joulin et al., 2016)."""
    embedding = spec.Embedding(int(profile.num_codes or 2), 32)
    return embedding, spec.GlobalAveragePool(), spec.Dropout(0.2)


def _text_network(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return convolutions over words, followed by global max pooling (Kim, 2014)."""
    return (
        spec.Embedding(int(profile.num_codes or 2), 32),
        spec.SpatialDropout(0.2),
        spec.Conv1D(64, 3),
        spec.ReLU(),
        spec.GlobalMaxPool(),
        spec.Dropout(0.3),
    )
