"""A saved fit is complete at any moment, and other fits cannot load it."""

import errno
import sys

import jax
import numpy as np
import pytest
from safetensors import safe_open

from assay import spec
from assay._errors import RunError
from assay.training.fit import _checkpoint_file


@pytest.fixture
def saved(start, linear, tmp_path):
    """Return a fit after two epochs and the path of its checkpoint."""
    fit = start(linear())
    fit.advance(epochs=2)
    fit.save(tmp_path / "fit.safetensors")
    return fit, tmp_path / "fit.safetensors"


def test_the_file_holds_arrays_only(saved):
    fit, path = saved
    with safe_open(path, framework="numpy") as file:
        names = set(file.keys())
        costs = file.get_tensor("iterations")[:, 0]
    count = len(jax.tree.leaves(fit.state))
    states = {f"state{i}" for i in range(count)}
    rows = {"iterations", "epochs", "monitored", "monitors"}
    assert names == states | rows | {"iteration"}
    np.testing.assert_array_equal(costs, fit.history.iterations["cost"])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": (spec.Dense(3),)},
        {"optimizer": spec.Adam()},
        {"optimizer": spec.Momentum()},
        {"schedule": spec.OnPlateau()},
        {"regularizers": ["early_stopping"]},
    ],
    ids=lambda c: next(iter(c)),
)
def test_a_checkpoint_of_another_net_is_refused_both_ways(
    start, linear, saved, tmp_path, changes, assert_same
):
    one, path = saved
    other = start(linear(**changes))
    before = jax.device_get(other.state)
    with pytest.raises(RunError) as caught:
        other.restore(path)
    message = str(caught.value)
    assert message.startswith(f"{path} belongs to another network: array ")
    assert message.endswith("or delete it and start again.")
    assert_same(other.state, before)
    other.save(tmp_path / "other.safetensors")
    with pytest.raises(RunError, match="belongs to another network"):
        one.restore(tmp_path / "other.safetensors")


def test_the_message_names_both_forms(start, linear, problem, saved):
    """One more class requires 5 more parameters."""
    other = start(linear(), problem(4))
    with pytest.raises(RunError) as caught:
        other.restore(saved[1])
    assert str(caught.value) == (
        f"{saved[1]} belongs to another network: array 0 is float32(15,), but this "
        "network needs float32(20,). Use it with that network, or delete it and "
        "start again."
    )


@pytest.mark.parametrize("content", [None, b"", b"not a checkpoint", "half"])
def test_a_file_that_cannot_be_read_is_told(start, linear, saved, content):
    _, path = saved
    if content is None:
        path.unlink()
    elif content == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(content)
    with pytest.raises(RunError, match="cannot be read: .* Delete it and start again."):
        start(linear()).restore(path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of processes")
def test_a_full_disk_is_an_error_of_the_system(saved):
    import resource

    fit, path = saved
    before = path.read_bytes()
    fit.advance()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large") as error:
            fit.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (error.value.errno, error.value.filename) == (errno.EFBIG, str(path))
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


class Killed(BaseException):
    """Simulates a process that ends at this point."""


@pytest.mark.parametrize("moment", ["halfway", "before the new name"])
def test_a_kill_while_saving_leaves_the_old_file(
    start, linear, saved, monkeypatch, assert_same, moment
):
    fit, path = saved
    before = path.read_bytes()
    fit.advance()

    def half(arrays, where, metadata):
        where.write_bytes(before[:100])
        raise Killed

    def stop(*paths):
        raise Killed

    if moment == "halfway":
        monkeypatch.setattr(_checkpoint_file, "save_file", half)
    else:
        monkeypatch.setattr(_checkpoint_file.os, "replace", stop)
    with pytest.raises(Killed):
        fit.save(path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    again = start(linear())
    again.restore(path)
    assert again.epoch == 2
    fit.save(path)  # the leftover file does not interfere
    again.restore(path)
    assert again.epoch == 3
    assert_same(jax.device_get(again.state), jax.device_get(fit.state))
