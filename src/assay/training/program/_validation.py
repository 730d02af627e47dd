"""Checks of a training against the data that it is for."""

from assay import spec
from assay._errors import Faults, InputError, fault
from assay.regularize import check_augmentations
from assay.training.network._custom_network import CustomNetwork
from assay.training.network._network import Network

__all__ = ["check_batch", "check_training", "code_columns"]


def code_columns(training: spec.Training) -> tuple[int, ...]:
    """Return the positions of inputs that hold codes of categories."""
    layers = [layer for layer in training.model if isinstance(layer, spec.EmbedColumns)]
    return tuple(position for layer in layers for position, _ in layer.columns)


def check_training(
    training: spec.Training, input_shape: tuple[int, ...], *, num_classes: int
) -> None:
    """Raise unless augmentations and regularizers fit the inputs and the targets.

    Raises:
        InputError: some do not; all faults together.
    """
    faults = Faults()
    kinds = [augmentation.kind for augmentation in training.augment]
    try:
        check_augmentations(kinds, input_shape)
    except InputError as error:
        faults.extend(error.faults)
    tokens = any(isinstance(layer, spec.Embedding) for layer in training.model)
    if kinds and tokens:
        rule, fix = "augmented inputs are numbers", "Leave it out: these are tokens."
        faults.add(fault(rule, "augment", kinds, fix))
    smooths = any(isinstance(r, spec.LabelSmoothing) for r in training.regularizers)
    if smooths and num_classes <= 1:
        rule, fix = "label_smoothing needs classes", "Leave it out for regression."
        faults.add(fault(rule, "regularizers", ["label_smoothing"], fix))
    if training.own is not None and training.precision != "float32":
        rule = "a custom network computes in the precision it is written in"
        fix = "Leave it out, and give the network's layers a dtype."
        faults.add(fault(rule, "precision", training.precision, fix))
    faults.raise_if_any()


def check_batch(network: Network, batch_size: int) -> None:
    """Raise if batch norm would standardize each number over itself alone.

    Raises:
        InputError: batches of one row, and a batch norm that sees one place of each.
    """
    if batch_size > 1 or isinstance(network, CustomNetwork):  # its layers are unknown
        return
    names = [name for name in network.names if name.startswith("batch_norm")]
    flat = [n for n in names if len(network.model.layer(n).output_shape) == 1]
    if flat:
        fix = "Write batch_size = 16 or more, or layer_norm in its place."
        rule = f"batch_size >= 2 with {', '.join(flat)}"
        raise InputError(fault(rule, "batch_size", batch_size, fix))
