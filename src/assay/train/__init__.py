"""Training: the compiled program, its state, and a fit that can be cut anywhere."""

from assay.train._cache import CacheStatus, cache_status
from assay.train._epochs import EPOCH_FIELDS, Records
from assay.train._examples import Examples, capacity_for, pad
from assay.train._fit import Fit, Fitted
from assay.train._given import Given, begin
from assay.train._groups import Groups, unknown_layer
from assay.train._history import History
from assay.train._hyperparameters import MEASURED_ROWS, hyperparameters
from assay.train._iteration import ITERATION_FIELDS
from assay.train._material import Material
from assay.train._network import Network
from assay.train._program import Program, program_for
from assay.train._state import Best, State
from assay.train._streamed import Streamed
from assay.train._together import advance_together, can_go_together

__all__ = [
    "EPOCH_FIELDS",
    "ITERATION_FIELDS",
    "MEASURED_ROWS",
    "Best",
    "CacheStatus",
    "Examples",
    "Fit",
    "Fitted",
    "Given",
    "Groups",
    "History",
    "Material",
    "Network",
    "Program",
    "Records",
    "State",
    "Streamed",
    "advance_together",
    "begin",
    "cache_status",
    "can_go_together",
    "capacity_for",
    "hyperparameters",
    "pad",
    "program_for",
    "unknown_layer",
]
