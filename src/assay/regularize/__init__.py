"""Regularizers: what narrows the gap between training and generalization."""

from assay.regularize._early_stopping import patience
from assay.regularize._penalties import PENALTIES, l1, l2, penalty

__all__ = ["PENALTIES", "l1", "l2", "patience", "penalty"]
