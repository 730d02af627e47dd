"""Returns the program for a training spec, shared by fits with the same structure."""

import json
import threading

from assay import spec
from assay.training._devices import num_devices
from assay.training._fork import check_process
from assay.training.program._program import Program

__all__ = ["program_for"]

_PROGRAMS: dict[str, Program] = {}
_LOCK = threading.Lock()


def program_for(
    training: spec.Training,
    input_shape: tuple[int, ...],
    *,
    num_classes: int,
    capacity: int,
    measures: bool = True,
) -> Program:
    """Return the program for a training spec's structure, creating it if necessary.

    Training specs that differ only in traced hyperparameters share one program.
    """
    check_process()
    # The number of epochs does not affect the program.
    same = {"num_epochs": 1, "devices": num_devices(training.devices)}
    fixed = training.model_copy(update=same).structure()
    # Different factories may have the same name.
    factory = None if training.own is None else id(training.own.factory)
    how = [num_classes, capacity, measures]
    identity = json.dumps([fixed, input_shape, how, factory])
    with _LOCK:
        if identity not in _PROGRAMS:
            _PROGRAMS[identity] = Program(
                training,
                input_shape,
                num_classes=num_classes,
                capacity=capacity,
                measures=measures,
            )
        return _PROGRAMS[identity]
