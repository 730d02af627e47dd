"""Shared configuration of the device, the shape checks and the program cache."""

import atexit
import contextlib
import doctest
import gc
import importlib
import inspect
import itertools
import os
import signal
import sys
import threading
from types import ModuleType

import hypothesis
import jaxtyping
import pytest

# JAX reads environment variables when it is imported, so set them before test modules
# are imported. To test the accelerator: JAX_PLATFORMS=cuda,cpu python -m pytest -m gpu
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Most of the test time is spent on compilation. Code optimization increases it by 50%,
# XLA's newer fusion emitters double it, and compiling parts of small programs in
# parallel increases it by a third. Benchmarks use the same flags as users; set
# XLA_FLAGS="" to run the tests with them.
QUICK_TO_COMPILE = (
    "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false "
    "--xla_cpu_parallel_codegen_split_count=1"
)
os.environ.setdefault("XLA_FLAGS", QUICK_TO_COMPILE)
# JAX notes the source lines of up to 100 calls for each operation of a program.
os.environ.setdefault("JAX_TRACEBACK_IN_LOCATIONS_LIMIT", "0")
# Each worker has one core. Threads that wait for work in a loop slow down the other
# workers, and polars spends more time on waking its threads than on short columns.
# Tests that depend on the number of threads set it themselves.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# Implicit rank promotion is usually a mistake.
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")

# In these packages, every call checks its arguments against the types and shapes in the
# signature. The packages are instrumented at import, so none of them may be imported
# before this line.
CHECKED = ["assay.training", "assay.nn.ops", "assay.costs", "assay.optim"]
jaxtyping.install_import_hook(CHECKED, "shape_checker.checked")

# Scripts that create reference data are not tests, and they require PyTorch.
collect_ignore_glob = ["**/make_*.py"]

# There is no deadline, because compilation takes long. CI draws the same examples every
# time.
hypothesis.settings.register_profile(
    "assay", deadline=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("assay")


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs between test runs."""
    find_doctests_of_checked_functions()
    cache = config.cache.mkdir("jax")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    if "jax" in sys.modules:  # already imported by another conftest.py
        import jax

        folder = os.environ["JAX_COMPILATION_CACHE_DIR"]
        seconds = float(os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"])
        jax.config.update("jax_compilation_cache_dir", folder)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", seconds)


def share_contexts() -> None:
    """Let up to 50 programs share the MLIR context in which JAX builds them.

    JAX creates one for each program, which takes as long as building a small program,
    and keeps it, which takes 1 MB. Tests build thousands of small programs.
    """
    from jax._src.interpreters import mlir

    create, shared, uses = mlir.make_ir_context, [], itertools.count()
    lock = threading.Lock()  # programs are also built in other threads

    def context() -> object:
        with lock:
            if next(uses) % 50 == 0:
                shared[:] = [create()]
            return shared[0]

    mlir.make_ir_context = context


def find_doctests_of_checked_functions() -> None:
    """Let doctest find functions that are wrapped to check their signatures.

    A wrapper's globals are those of the module that created it. Doctest would therefore
    regard a checked function as an import from another module and skip its examples.
    """
    is_from_module = doctest.DocTestFinder._from_module

    def unwrapped_is_from_module(
        self: doctest.DocTestFinder, module: ModuleType, item: object
    ) -> bool:
        return is_from_module(self, module, inspect.unwrap(item))

    doctest.DocTestFinder._from_module = unwrapped_is_from_module


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Disable garbage collection during imports, because they create little garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Prepare for running the tests, after everything has been imported.

    Objects created by imports are excluded from later garbage collections.
    """
    if "jax" in sys.modules:
        share_contexts()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # tracing creates many short-lived objects


def pytest_unconfigure() -> None:
    """Skip garbage collection and JAX's cleanup, because the process ends anyway."""
    gc.freeze()
    if "jax" in sys.modules:
        from jax._src import api

        atexit.unregister(api.clean_up)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that require an accelerator if none is available."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked:
        import jax

        # dry runs check that the tests work, on a CPU
        dry_run = "ASSAY_GPU_DRY_RUN" in os.environ
        if jax.default_backend() == "cpu" and not dry_run:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="needs an accelerator"))


@pytest.fixture
def compilations():
    """A list to which each compilation adds an entry."""
    import jax

    found = []

    def note(event, seconds, **details):
        if event == "/jax/core/compile/backend_compile_duration":
            found.append(seconds)

    jax.monitoring.register_event_duration_secs_listener(note)
    yield found
    jax.monitoring.unregister_event_duration_listener(note)


class Killed(BaseException):
    """Raised to simulate a kill at a given moment."""


@pytest.fixture
def resumable_module():
    """The module that saves fits, imported after the environment variables are set."""
    return importlib.import_module("assay.training.fit._resume_fit")


@pytest.fixture
def kill(monkeypatch, resumable_module):
    """A context manager that simulates a kill after a fit has been saved a few times.

    The fit is saved after each iteration.
    """

    @contextlib.contextmanager
    def killing(name, *, after_saves):
        saves, save = [], resumable_module.Resumable.save

        def save_or_die(self):
            if saves[after_saves - 1 :]:  # the fit was killed
                return
            save(self)
            if self._path is not None and self._path.stem == name:
                saves.append(self.fit.iteration)
                if len(saves) == after_saves:
                    raise Killed

        with monkeypatch.context() as patched:
            for constant in ("_SAVE_SECONDS", "_TRAINING_PER_SAVING", "_CALL_SECONDS"):
                patched.setattr(resumable_module, constant, 0)
            patched.setattr(resumable_module, "_FIRST_ITERATIONS", 1)
            patched.setattr(resumable_module.Resumable, "save", save_or_die)
            yield Killed

    return killing


@pytest.fixture
def ctrl_c_interrupts():
    """Let Ctrl-C interrupt this process and those that it starts.

    Shells start background processes with Ctrl-C ignored, and child processes inherit
    this setting. They do not inherit handlers, so they start with the default one.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def press_ctrl_c(ctrl_c_interrupts, monkeypatch, resumable_module):
    """A context manager that presses Ctrl-C at a given iteration of a fit."""

    @contextlib.contextmanager
    def pressing(name, *, at):
        pressed = []

        def one_iteration(self):
            under_way = self._path is not None and self._path.stem == name
            if under_way and self.fit.iteration == at and not pressed:
                pressed.append(name)
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                assert self._stopped.wait(60)
            return 1

        with monkeypatch.context() as patched:
            patched.setattr(
                resumable_module.Resumable, "_call_iterations", one_iteration
            )
            yield

    return pressing


@pytest.fixture
def restored(monkeypatch):
    """The iteration at which each fit starts, by the name of its checkpoint."""
    folder = importlib.import_module("assay.training.fit._checkpoint_folder")
    iterations, resumable = {}, folder.Checkpoints.resumable

    def recorded(self, name, fit, training):
        training = resumable(self, name, fit, training)
        iterations[name] = fit.iteration
        return training

    monkeypatch.setattr(folder.Checkpoints, "resumable", recorded)
    return iterations
