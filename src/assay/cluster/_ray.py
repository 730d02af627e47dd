"""Workers on a Ray cluster."""

import threading
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import jax

from assay import spec
from assay._errors import AssayError, InputError
from assay._extras import import_extra
from assay.cluster import _tasks
from assay.training import Examples, Fit, TrainingData, Workers

__all__ = ["RayWorkers"]

_MAX_RETRIES = 3  # per task, in case its node or process is lost
_WAIT_SECONDS = 0.2  # interval between checks for a request to stop
_CALL_SECONDS = 1.0
_TASKS_PER_WORKER = 2  # one task that is running, and one that is ready to start
_BYTES_PER_SECOND = 1e8  # transfer rate of a typical network
_SHARE_OF_SENDING = 0.05  # maximum fraction of a call's duration spent on sending
_LONGEST_SECONDS = 60.0  # maximum training time lost if the run is stopped

Item = TypeVar("Item")
Result = TypeVar("Result")


class RayWorkers(Workers):
    """The nodes of a Ray cluster, which run one task per processor or GPU.

    A fit advances in tasks of about a second. Each task receives the fit's state and
    returns the new state. If a node is lost, Ray repeats its tasks on another node.
    Data sets and custom networks are put into the object store only once.

    Args:
        address: address "ray://HOST:PORT" of a cluster; None for the cluster at
            RAY_ADDRESS or on this machine, which is started if necessary.

    Raises:
        InputError: Ray is not installed, or no cluster answers at the address.
    """

    remote = True

    def __init__(self, address: str | None = None) -> None:
        purpose = "Training on a cluster"
        self._ray: Any = import_extra("ray", extra="ray", purpose=purpose)
        # the user may already have connected to Ray
        self._connected = not self._ray.is_initialized()
        if self._connected:
            self._connect(address)
        self._on_gpu = jax.default_backend() != "cpu"
        resources = {"num_gpus": 1} if self._on_gpu else {"num_cpus": 1}
        options = {"max_retries": _MAX_RETRIES, **resources}
        self._tasks = {
            function: self._ray.remote(**options)(function)
            for function in (_tasks.advance, _tasks.call)
        }
        self._data: weakref.WeakKeyDictionary[TrainingData, Any]
        self._data = weakref.WeakKeyDictionary()
        self._putting = threading.Lock()
        # Keyed by the module's id. Modules are kept too, so their ids are not reused.
        self._networks: dict[int, tuple[spec.OwnModule, Any]] = {}

    @property
    def count(self) -> int:
        """Current number of processors or GPUs in the cluster."""
        resource = "GPU" if self._on_gpu else "CPU"
        return max(int(self._ray.cluster_resources().get(resource, 0)), 1)

    @property
    def description(self) -> str:
        """A note to the user about the workers."""
        nodes = sum(node["Alive"] for node in self._ray.nodes())
        kind = "GPU" if self._on_gpu else "CPU"
        return f"trains on a Ray cluster (nodes: {nodes}, {kind}s: {self.count})"

    def call_seconds(self, state_bytes: int) -> float:
        """Return a call duration for which the time to send states is negligible."""
        sending = 2 * state_bytes / _BYTES_PER_SECOND / _SHARE_OF_SENDING
        return min(max(_CALL_SECONDS, sending), _LONGEST_SECONDS)

    def prepare(self, fit: Fit) -> None:
        """Do nothing, because each node compiles its own programs."""

    def advance(
        self,
        fits: Sequence[Fit],
        iteration: int,
        *,
        size: int | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> float:
        """Advance fits on a node and return the training time there in seconds."""
        origin = fits[0].origin
        assert origin is not None
        task = self._submit(
            _tasks.advance,
            self._reference(origin.training_data),
            [self._piece(fit) for fit in fits],
            iteration,
            size,
        )
        if not self._wait(task, stopped):
            return 0.0
        reached, seconds = self._result(task)
        for fit, where in zip(fits, reached, strict=True):
            fit.state, fit.iteration = _tasks.copied(where.state), where.iteration
            fit.history.extend(where.history)
        return seconds

    def map(
        self,
        function: Callable[[TrainingData, spec.Training, Item], Result],
        training_data: TrainingData,
        training: spec.Training,
        items: Iterable[Item],
    ) -> Iterator[Result]:
        """Call a function for each item on the nodes and yield the results in order.

        Tasks that have started run to completion, even if their results are no longer
        needed.
        """
        data, model = self._reference(training_data), self._model(training)
        waiting, tasks = iter(items), deque[Any]()
        while True:
            more = max(_TASKS_PER_WORKER * self.count - len(tasks), 0)
            for item in islice(waiting, more):
                tasks.append(self._submit(_tasks.call, data, model, function, item))
            if not tasks:
                return
            self._wait(tasks[0])
            yield self._result(tasks.popleft())

    def close(self) -> None:
        """Disconnect, and stop the cluster if it was started for these workers."""
        self._data.clear()
        self._networks.clear()
        if self._connected:
            self._ray.shutdown()
            self._restore_printing()

    def _connect(self, address: str | None) -> None:
        self._restore_printing = _without_printing(self._ray)
        try:
            with warnings.catch_warnings():
                # JAX warns about forks, but Ray's forks immediately run other programs
                warnings.filterwarnings("ignore", r"os\.fork", RuntimeWarning)
                self._ray.init(
                    address=address,
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level="error",
                )
        except ModuleNotFoundError as error:  # remote addresses require gRPC
            raise InputError(
                f"Ray cannot connect to {address}: {error}. Run pip install "
                "'assay[ray]'."
            ) from error
        except (ConnectionError, TimeoutError, ValueError) as error:
            raise InputError(
                f"No Ray cluster answers at {address or 'RAY_ADDRESS'} ({error}). If "
                "an earlier cluster was killed, run: ray stop. To start a cluster, "
                "run: ray start --head"
            ) from error

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._tasks[function].remote(*arguments)

    def _wait(self, task: Any, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Return True when a task has ended, or False if the wait is stopped earlier.

        The task is not canceled, because Ray aborts this process if a task ends while
        being canceled ("Tried to complete task that was not pending", Ray 2.60).
        """
        ended = False
        # Without a timeout, Ctrl-C may not interrupt the wait.
        while not ended and not stopped():
            ended = bool(self._ray.wait([task], timeout=_WAIT_SECONDS)[0])
        return ended

    def _result(self, task: Any) -> Any:
        """Return the result of a task or raise its error as if it had run locally."""
        exceptions = self._ray.exceptions
        try:
            return self._ray.get(task)
        except exceptions.RayTaskError as error:
            if not isinstance(error.cause, exceptions.RayError):
                raise error.cause from None
            raise AssayError(
                f"A node could not start training. Ray reports: {error.cause}. All "
                "nodes need your own modules and the same versions of Assay and its "
                "dependencies."
            ) from error
        except exceptions.RayError as error:
            raise AssayError(
                f"Training on the Ray cluster failed {_MAX_RETRIES + 1} times. Ray "
                f"reports: {error}"
            ) from error

    def _reference(self, training_data: TrainingData) -> list[Any]:
        """Return a reference to training data in the object store."""
        if not isinstance(training_data.train, Examples):
            raise InputError(
                "Training on a Ray cluster requires all rows in memory. Use "
                "--stream false, or train on this machine."
            )
        with self._putting:
            if training_data not in self._data:
                self._data[training_data] = self._ray.put(training_data.on_host())
            return [self._data[training_data]]

    def _piece(self, fit: Fit) -> _tasks.Piece:
        assert fit.origin is not None
        model, options = self._model(fit.origin.training), fit.origin.options
        values, state = jax.device_get((fit.hyperparameters, fit.state))
        return _tasks.Piece(model, options, values, state, fit.iteration)

    def _model(self, training: spec.Training) -> _tasks.Model:
        own = training.own
        if own is None:
            return _tasks.Model(training, [])
        with self._putting:
            if id(own) not in self._networks:
                self._networks[id(own)] = own, self._ray.put(own)
        rest = training.model_copy(update={"model": ()})
        return _tasks.Model(rest, [self._networks[id(own)][1]])


def _without_printing(ray: Any) -> Callable[[], None]:
    """Keep Ray's messages about lost nodes out of standard output.

    Standard output may contain JSON, and Ray has no option to redirect these messages.
    Return a function that undoes the change.
    """
    worker, name = ray._private.worker, "print_to_stdstream"
    before = getattr(worker, name, None)
    if before is None:  # this version of Ray lacks the function
        return lambda: None
    setattr(worker, name, lambda data, ignore_prefix: None)
    return lambda: setattr(worker, name, before)
