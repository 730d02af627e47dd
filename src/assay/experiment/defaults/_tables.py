"""Default networks for tables, and their training settings.

`realmlp` is based on RealMLP. Learned layers embed and scale the inputs, the learning
rate rises and falls once, and the network is regularized by dropout, weight decay and
label smoothing instead of early stopping.

References:
    Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong pre-tuned
    MLPs and boosted trees on tabular data".
"""

from typing import Any

from assay import spec
from assay.experiment.defaults._batch_size import batch_size
from assay.experiment.defaults._data_profile import DataProfile

__all__ = [
    "CLOSED_FORM",
    "LEARNING_RATE",
    "LINEAR_PATH",
    "first_settings",
    "hidden_layers",
    "num_members",
    "num_settings",
    "table_fields",
    "table_networks",
]

LEARNING_RATE = spec.Log(5e-4, 5e-3)
"""Learning rates to try for networks other than `realmlp`."""

_SCALE_RATE = 6.0  # learning rate of the input scales, relative to that of the weights

CLOSED_FORM = {
    "initial_values": "ridge",
    "optimizer": spec.SGD(1e-4),  # stays close to the solution with up to 10,000 inputs
    "regularizers": (),
    "batch_size": "all",
    "num_epochs": 5,
}
"""Training settings for a linear network that starts at the ridge solution."""

LINEAR_PATH = {
    "initial_values": "ridge",
    "freeze": ("residual1.kernel", "output.kernel"),
    "learning_rate_of": {"*learned_scale*": _SCALE_RATE},
}
"""Training settings for `realmlp` with a fixed linear path from ridge regression."""

_TWO_LAYERS = 5000  # number of training examples above which a second layer helps
_L2_STRENGTHS = (1e-3, 3e-2, 1e-5)
_FADES, _STAYS = 0.5, 0.99  # fraction of training after which dropout fades
_REALMLP_SETTINGS = (  # (learning rate, dropout, fade point in regression)
    (0.016, 0.15, _FADES),
    (0.016, 0.0, _FADES),
    (0.004, 0.3, _STAYS),  # for noisy targets
    (0.008, 0.15, _FADES),
    (0.016, 0.3, _FADES),
)
_SPREAD = 0.3  # standard deviation of the frequencies, for standardized inputs
_REALMLP_WIDTH = 128
_REALMLP_EPOCHS, _REALMLP_UPDATES = 32, 500  # minimums; higher values do not help
# More members hardly reduce the error. In regression, members differ in their settings,
# which does not help in classification.
_CLASSIFYING_MEMBERS, _REGRESSION_MEMBERS = 8, 4
_LIMIT = 3.0  # limit for outliers, in standard deviations


def table_networks(
    profile: DataProfile, *, linear_path: bool
) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the layers of the default networks for a table, simplest first.

    Args:
        profile: the properties of the data.
        linear_path: whether `realmlp` has a linear path parallel to its layers.
    """
    layers = _realmlp(profile)
    if linear_path:
        layers = (spec.Residual((*layers, spec.Dense(1))),)
    return {
        "linear": (),
        "mlp": hidden_layers(profile),
        "realmlp": layers,
    }


def hidden_layers(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return one wide hidden layer with dropout, or two if there are many examples.

    The width grows with the square root of the number of examples, from 32 to 256.
    """
    width = 32
    while width < 256 and width < 5 * profile.num_train**0.5:
        width *= 2
    inputs, hidden = spec.Uniform(0.0, 0.3), spec.Uniform(0.0, 0.5)
    layers: list[spec.Layer] = [spec.Dropout(inputs)]
    for _ in range(2 if profile.num_train > _TWO_LAYERS else 1):
        layers += [spec.Dense(width), spec.ReLU(), spec.Dropout(hidden)]
    return tuple(layers)


def _realmlp(profile: DataProfile) -> tuple[spec.Layer, ...]:
    layers: list[spec.Layer] = [spec.ISRU(_LIMIT**-2)]
    if profile.numbers:
        layers.append(spec.PeriodicEmbedding(profile.numbers, spread=_SPREAD))
    layers.append(spec.LearnedScale())
    for _ in range(2):
        dropout = spec.Dropout(spec.Uniform(0.0, 0.3))
        layers += [spec.Dense(_REALMLP_WIDTH), spec.ReLU(), dropout]
    return tuple(layers)


def first_settings(name: str, training: spec.Training) -> tuple[dict[str, float], ...]:
    """Return network settings that work well on many tables, best first.

    The settings differ in regularization and learning rate. Trying a few of them is
    more reliable than trying many random settings, because the best validation result
    of many settings is partly a matter of luck.
    """
    if name == "linear":
        return tuple({"regularizers[0].strength": value} for value in _L2_STRENGTHS)
    if name != "realmlp":
        return ()
    rates = [path for path in training.spaces() if path.endswith(".rate")]
    return tuple(
        {
            "optimizer.learning_rate": learning_rate,
            **dict.fromkeys(rates, dropout),
            "dropout_schedule.flat_fraction": fades,
        }
        for learning_rate, dropout, fades in _REALMLP_SETTINGS
    )


def num_members(name: str, profile: DataProfile) -> int:
    """Return how many networks of the given kind the final model averages."""
    if name != "realmlp":
        return 1
    regression = profile.task == "regression"
    return _REGRESSION_MEMBERS if regression else _CLASSIFYING_MEMBERS


def num_settings(name: str, profile: DataProfile) -> int:
    """Return the number of settings that the members cycle through."""
    return num_members(name, profile) if profile.task == "regression" else 1


def table_fields(name: str, profile: DataProfile) -> dict[str, Any]:
    """Return the training settings for a table network as experiment fields."""
    if name == "realmlp":
        return _realmlp_fields(profile)
    epochs = _num_epochs(profile)
    patience = spec.EarlyStopping(max(5, epochs // 15))
    return {
        "optimizer": spec.Adam(LEARNING_RATE),
        "regularizers": (spec.L2(spec.Log(1e-5, 1e-1)), patience),
        "batch_size": batch_size(profile.num_train, 20, 16, 512),
        "num_epochs": epochs,
    }


def _realmlp_fields(profile: DataProfile) -> dict[str, Any]:
    regression = profile.task == "regression"
    fading = spec.FlatCosine(spec.Uniform(_FADES, _STAYS))
    smoothing = () if regression else (spec.LabelSmoothing(0.1),)
    size = batch_size(profile.num_train, 32, 32, 256)
    epochs = max(_REALMLP_EPOCHS, _REALMLP_UPDATES * size // profile.num_train)
    return {
        "optimizer": spec.Adam(spec.Log(2e-3, 3e-2), beta2=0.95),
        "schedule": spec.WarmupCosine(),
        "dropout_schedule": fading if regression else spec.Constant(),
        "regularizers": (spec.WeightDecay(0.02), *smoothing),
        "batch_size": size,
        "num_epochs": epochs,
        "learning_rate_of": {"learned_scale*": _SCALE_RATE},
    }


def _num_epochs(profile: DataProfile) -> int:
    """Return enough epochs for several thousand updates. Most fits stop earlier."""
    return int(min(max(400_000 / profile.num_train, 20), 300))
