"""Regularizers: what narrows the gap between training and generalization."""

from assay.regularize._early_stopping import patience
from assay.regularize._label_smoothing import smooth_labels, soft_targets
from assay.regularize._penalties import PENALTIES, l1, l2, penalty
from assay.regularize._weight_decay import decay, is_kernel
from assay.regularize.augmentations._augmentation import Augmentation, Batch
from assay.regularize.augmentations._registry import (
    AUGMENTATIONS,
    augment,
    check_augmentations,
    get_augmentation,
)

__all__ = [
    "AUGMENTATIONS",
    "PENALTIES",
    "Augmentation",
    "Batch",
    "augment",
    "check_augmentations",
    "decay",
    "get_augmentation",
    "is_kernel",
    "l1",
    "l2",
    "patience",
    "penalty",
    "smooth_labels",
    "soft_targets",
]
