"""Regularizers: methods that reduce overfitting."""

from assay._calls import explain_package
from assay.regularize._early_stopping import patience
from assay.regularize._label_smoothing import smooth_labels, soft_targets
from assay.regularize._penalties import PENALTIES, Penalty, l1, l2, penalty
from assay.regularize._ridge import RIDGE_PENALTIES, Ridge, leave_one_out_errors, ridge
from assay.regularize._weight_decay import decay, is_kernel

# Importing these modules registers the augmentations.
from assay.regularize.augmentations import (  # noqa: F401
    _images,
    _mixup,
    _noise,
    _sequences,
    _warps,
)
from assay.regularize.augmentations._apply import augment, check_augmentations
from assay.regularize.augmentations._augmentation import (
    AUGMENTATIONS,
    Augmentation,
    Batch,
    get_augmentation,
)

__all__ = [
    "AUGMENTATIONS",
    "PENALTIES",
    "RIDGE_PENALTIES",
    "Augmentation",
    "Batch",
    "Penalty",
    "Ridge",
    "augment",
    "check_augmentations",
    "decay",
    "get_augmentation",
    "is_kernel",
    "l1",
    "l2",
    "leave_one_out_errors",
    "patience",
    "penalty",
    "ridge",
    "smooth_labels",
    "soft_targets",
]

explain_package(__name__)
