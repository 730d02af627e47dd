"""What all tests share: the device, checks of shapes, a cache of compiled programs."""

import contextlib
import doctest
import importlib
import inspect
import os
import signal
import sys
import threading
from types import ModuleType

import hypothesis
import jaxtyping
import pytest

# JAX reads its environment once, at import, so this stands before any test module.
# Tests of the accelerator: JAX_PLATFORMS=cuda,cpu python -m pytest -m gpu
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Most of the time goes into compiling. Optimizing the machine code makes it half as
# long again, and XLA's newer emitters of fused loops take twice as long as the older.
# The benchmarks run it as users do; XLA_FLAGS="" runs the tests so too.
QUICK_TO_COMPILE = (
    "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
)
os.environ.setdefault("XLA_FLAGS", QUICK_TO_COMPILE)
# An axis that is added silently is a mistake more often than it is meant.
os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")

# Packages whose functions check the types and shapes in their signatures at every call.
# They are instrumented as they are imported, so none of them may be imported before.
CHECKED = ["assay.training", "assay.nn.ops", "assay.costs", "assay.optim"]
jaxtyping.install_import_hook(CHECKED, "shape_checker.checked")

# Scripts that make reference data are not tests, and need PyTorch.
collect_ignore_glob = ["**/make_*.py"]

# Compiling takes longer than any deadline. CI draws the same examples every time.
hypothesis.settings.register_profile(
    "assay", deadline=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("assay")


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs from one run of the tests to the next."""
    find_doctests_of_checked_functions()
    cache = config.cache.mkdir("jax")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    if "jax" in sys.modules:  # imported by the conftest of the folder that is tested
        import jax

        folder = os.environ["JAX_COMPILATION_CACHE_DIR"]
        seconds = float(os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"])
        jax.config.update("jax_compilation_cache_dir", folder)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", seconds)


def find_doctests_of_checked_functions() -> None:
    """Let doctest look through the wrappers that check signatures.

    A wrapper's globals are those of the module that made it, so doctest would take a
    function that is checked for an import from elsewhere, and skip its examples.
    """
    is_from_module = doctest.DocTestFinder._from_module

    def unwrapped_is_from_module(
        self: doctest.DocTestFinder, module: ModuleType, item: object
    ) -> bool:
        return is_from_module(self, module, inspect.unwrap(item))

    doctest.DocTestFinder._from_module = unwrapped_is_from_module


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need an accelerator where there is none."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked:
        import jax

        # a dry run shows that the tests themselves are sound
        dry_run = "ASSAY_GPU_DRY_RUN" in os.environ
        if jax.default_backend() == "cpu" and not dry_run:
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="needs an accelerator"))


class Killed(BaseException):
    """Stands for a kill at a moment."""


@pytest.fixture
def resumable_module():
    """The module that saves trainings; imported when the environment is complete."""
    return importlib.import_module("assay.training.fit._resumable")


@pytest.fixture
def kill(monkeypatch, resumable_module):
    """A context that kills the process after some saves of one training.

    The training is saved after each iteration.
    """

    @contextlib.contextmanager
    def killing(name, *, after_saves):
        saves, save = [], resumable_module.Resumable.save

        def save_or_die(self):
            if saves[after_saves - 1 :]:  # dead
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

    A shell starts a background process so that it ignores Ctrl-C, and its children
    inherit that. They do not inherit a handler, but begin as in the foreground.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def press_ctrl_c(ctrl_c_interrupts, monkeypatch, resumable_module):
    """A context that presses Ctrl-C while one training is at some iteration."""

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
def restored(monkeypatch, resumable_module):
    """The iteration that each training starts at, by the name of its checkpoint."""
    iterations, resumable = {}, resumable_module.Checkpoints.resumable

    def recorded(self, name, fit, training):
        training = resumable(self, name, fit, training)
        iterations[name] = fit.iteration
        return training

    monkeypatch.setattr(resumable_module.Checkpoints, "resumable", recorded)
    return iterations
