"""Training on the machines of a cluster."""

from assay.cluster._open import open_workers
from assay.cluster._ray import RayWorkers

__all__ = ["RayWorkers", "open_workers"]
