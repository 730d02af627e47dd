"""Training with compiled programs, and fits that can be paused at any iteration."""

from assay.training._allocator import return_large_arrays
from assay.training._devices import devices_here, num_devices
from assay.training._fork import check_process
from assay.training._hosts import (
    check_hosts_agree,
    is_first_host,
    join_hosts,
    num_hosts,
    wait_for_hosts,
)
from assay.training.fit._checkpoint_folder import Checkpoints
from assay.training.fit._fit import Fit, Fitted, Origin
from assay.training.fit._history import History, Measurement
from assay.training.fit._resume_fit import Resumable
from assay.training.fit._training_data import TrainingData
from assay.training.fit._vectorized import (
    advance_together,
    can_advance_together,
)
from assay.training.fit._watcher import Watcher
from assay.training.fit._workers import Workers, wait_for
from assay.training.layer_monitors._monitor import MONITOR_FIELDS
from assay.training.network._initial_values import InitialValues, merge_initial_values
from assay.training.network._model_state import ModelState
from assay.training.network._network import Network
from assay.training.network._parameter_groups import Groups, unknown_layer
from assay.training.program._compile_cache import (
    CacheStatus,
    cache_status,
    use_compile_cache,
)
from assay.training.program._epoch_end import EPOCH_FIELDS
from assay.training.program._epochs import Records
from assay.training.program._hyperparameters import (
    MEASURED_ROWS,
    Hyperparameters,
    hyperparameters,
    resolved_number,
)
from assay.training.program._program import Program
from assay.training.program._program_for import program_for
from assay.training.program._state import Best, State
from assay.training.program.iteration._iteration import ITERATION_FIELDS
from assay.training.rows._examples import (
    Examples,
    capacity_for,
    inputs_and_lengths,
    pad,
)
from assay.training.rows._streamed import Streamed

__all__ = [
    "EPOCH_FIELDS",
    "ITERATION_FIELDS",
    "MEASURED_ROWS",
    "MONITOR_FIELDS",
    "Best",
    "CacheStatus",
    "Checkpoints",
    "Examples",
    "Fit",
    "Fitted",
    "Groups",
    "History",
    "Hyperparameters",
    "InitialValues",
    "Measurement",
    "ModelState",
    "Network",
    "Origin",
    "Program",
    "Records",
    "Resumable",
    "State",
    "Streamed",
    "TrainingData",
    "Watcher",
    "Workers",
    "advance_together",
    "cache_status",
    "can_advance_together",
    "capacity_for",
    "check_hosts_agree",
    "check_process",
    "devices_here",
    "hyperparameters",
    "inputs_and_lengths",
    "is_first_host",
    "join_hosts",
    "merge_initial_values",
    "num_devices",
    "num_hosts",
    "pad",
    "program_for",
    "resolved_number",
    "return_large_arrays",
    "unknown_layer",
    "use_compile_cache",
    "wait_for",
    "wait_for_hosts",
]
