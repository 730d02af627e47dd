"""Default networks for tables, and how each of them is trained.

The linear network is the simplest one. The network with hidden layers follows RealMLP:
learned layers embed and scale its inputs, its learning rate rises and falls once, and
it is regularized by dropout, weight decay and label smoothing instead of by stopping
early.

References:
    Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong pre-tuned
    MLPs and boosted trees on tabular data".
"""

from typing import Any

from assay import spec
from assay.experiment.defaults._data_profile import DataProfile

__all__ = ["hidden_layers", "num_members", "table_fields", "table_networks"]

_MEMBERS = 4  # more hardly reduce the error
_ONE_MEMBER = 200_000  # training examples from which a single network errs as little
_WIDTH = 128
_NUM_UPDATES = 1500  # at least, for small tables
_NUM_EPOCHS = 64
_SCALE_RATE = 6.0  # so that the scales of inputs change sooner than weights do


def table_networks(profile: DataProfile) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the default networks for a table, simplest first."""
    layers: list[spec.Layer] = []
    if profile.numbers:
        layers.append(spec.PeriodicEmbedding(profile.numbers))
    layers += [spec.LearnedScale(), *hidden_layers()]
    return {"linear": (), "mlp": tuple(layers)}


def hidden_layers() -> tuple[spec.Layer, ...]:
    """Return two hidden layers."""
    layers = (spec.Dense(_WIDTH), spec.ReLU(), spec.Dropout(spec.Uniform(0.0, 0.3)))
    return layers * 2


def num_members(name: str, profile: DataProfile) -> int:
    """Return how many networks of a kind to train in the end and to average."""
    # linear networks end alike, so their mean is no better than one of them
    several = name == "mlp" and profile.num_train < _ONE_MEMBER
    return _MEMBERS if several else 1


def table_fields(name: str, profile: DataProfile) -> dict[str, Any]:
    """Return how a network for a table is trained, as fields of an experiment.

    Args:
        name: kind of network, such as "mlp"; any other for layers of the user's own.
        profile: the data.
    """
    if name != "mlp":
        return _plain_fields(profile, linear=name == "linear")
    smoothing = (spec.LabelSmoothing(0.1),) if profile.task != "regression" else ()
    batch_size = _batch_size(profile)
    epochs = max(_NUM_EPOCHS, _NUM_UPDATES * batch_size // profile.num_train)
    return {
        "optimizer": spec.Adam(spec.Log(1e-3, 9e-3), beta2=0.95),
        "schedule": spec.WarmupCosine(),
        "regularizers": (spec.WeightDecay(0.02), *smoothing),
        "batch_size": batch_size,
        "num_epochs": epochs,
        "learning_rate_of": {"learned_scale*": _SCALE_RATE},
    }


def _plain_fields(profile: DataProfile, *, linear: bool) -> dict[str, Any]:
    """Return fields for training with L2 until val stops improving."""
    # weights that separate classes are large, and the cost of a linear net is convex
    high = linear and profile.task != "regression"
    rates = spec.Log(2e-3, 5e-2) if high else spec.Log(5e-4, 5e-3)
    epochs = int(min(max(400_000 / profile.num_train, 20), 300))
    patience = spec.EarlyStopping(max(5, epochs // 15))
    batch_size = 16
    while batch_size < 512 and batch_size * 20 < profile.num_train:
        batch_size *= 2
    return {
        "optimizer": spec.Adam(rates),
        "regularizers": (spec.L2(spec.Log(1e-5, 1e-1)), patience),
        "batch_size": batch_size,
        "num_epochs": epochs,
    }


def _batch_size(profile: DataProfile) -> int:
    """Return the power of two from 32 to 256 that is close to num_train / 16."""
    size = 32
    while size < 256 and size * 32 <= profile.num_train:
        size *= 2
    return size
