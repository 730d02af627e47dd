"""Checks that a training spec is compatible with the data."""

from collections.abc import Sequence

from assay import spec
from assay._errors import Faults, InputError, fault
from assay.regularize import check_augmentations
from assay.training.network._custom_network import CustomNetwork
from assay.training.network._network import Network

__all__ = ["check_batch", "check_training", "code_columns"]


def code_columns(training: spec.Training) -> tuple[int, ...]:
    """Return the positions of category codes in the inputs."""
    layers = [layer for layer in training.model if isinstance(layer, spec.EmbedColumns)]
    return tuple(position for layer in layers for position, _ in layer.columns)


def check_training(
    training: spec.Training, input_shape: tuple[int, ...], *, num_classes: int
) -> None:
    """Check that the settings are compatible with each other and with the data.

    Raises:
        InputError: at least one setting is unsuitable. The error lists every fault.
    """
    faults = Faults()
    kinds = [augmentation.kind for augmentation in training.augment]
    try:
        check_augmentations(kinds, input_shape)
    except InputError as error:
        faults.extend(error.faults)
    tokens = any(isinstance(layer, spec.Embedding) for layer in training.model)
    if kinds and tokens:
        rule, fix = "augment == []", "Tokens cannot be augmented, so remove augment."
        faults.add(fault(rule, "augment", kinds, fix))
    smooths = any(isinstance(r, spec.LabelSmoothing) for r in training.regularizers)
    if smooths and num_classes <= 1:
        rule, fix = "num_classes >= 2", "Remove label_smoothing for regression."
        faults.add(fault(rule, "regularizers", ["label_smoothing"], fix))
    if training.own is not None and training.precision != "float32":
        rule = "precision == 'float32'"
        fix = "Remove precision, and set the dtype in the layers of your network."
        faults.add(fault(rule, "precision", training.precision, fix))
    if training.initial_values == "ridge":
        _check_ridge(training, input_shape, faults, num_classes=num_classes)
    if training.dropout_schedule.kind == "on_plateau":
        rule, fix = "dropout_schedule != on_plateau", "Use flat_cosine, for example."
        faults.add(fault(rule, "dropout_schedule", "on_plateau", fix))
    faults.raise_if_any()


def _check_ridge(
    training: spec.Training,
    input_shape: tuple[int, ...],
    faults: Faults,
    *,
    num_classes: int,
) -> None:
    """Add a fault unless ridge regression can initialize a path of the network."""
    squares = num_classes == 1 and training.cost.kind == "squared_error"
    if not (squares and _has_linear_path(training.model, input_shape)):
        rule = 'initial_values == "random"'
        fix = (
            "Ridge regression requires the cost squared_error and either a linear "
            "network or a single residual block that ends with dense(1), so remove "
            "initial_values."
        )
        faults.add(fault(rule, "initial_values", training.initial_values, fix))


def _has_linear_path(layers: Sequence[spec.Layer], input_shape: Sequence[int]) -> bool:
    """Return whether a kernel maps the network's input directly to its only output."""
    if len(input_shape) != 1 or len(layers) > 1:
        return False
    if not layers:
        return True
    block = layers[0]
    if not isinstance(block, spec.Residual) or input_shape[0] == 1:
        return False
    last = block.layers[-1]
    return isinstance(last, spec.Dense) and last.units == 1


def check_batch(network: Network, batch_size: int) -> None:
    """Check that batch normalization does not normalize individual numbers.

    Raises:
        InputError: batches have one row, and batch normalization has no other axis to
            average over.
    """
    if batch_size > 1 or isinstance(network, CustomNetwork):  # unknown layers
        return
    names = [name for name in network.names if name.startswith("batch_norm")]
    flat = [n for n in names if len(network.model.layer(n).output_shape) == 1]
    if flat:
        fix = f"Use 16 or more for {', '.join(flat)}, or use layer_norm instead."
        rule = "batch_size >= 2"
        raise InputError(fault(rule, "batch_size", batch_size, fix))
