"""A killed search continues its running trials and gives the same result."""

from dataclasses import replace

import numpy as np
import pytest

from assay.training import Checkpoints
from assay.tuning import open_storage


def untimed(trials):
    """Return trials without their times as text, in which nan equals nan."""
    return [repr(replace(trial, duration_seconds=0.0)) for trial in trials]


@pytest.mark.parametrize("together", ["apart", "stacked"])
@pytest.mark.parametrize("pruner", ["none", "halving"])
@pytest.mark.parametrize("name", ["trial-0", "trial-4"])
def test_a_killed_search_has_the_same_result(
    run_search, training, tmp_path, kill, restored, together, pruner, name
):
    options = {"num_trials": 6, "group_size": 3, "pruner": pruner}
    options["together"] = together
    asked = training(num_epochs=9)
    whole = run_search(asked, **options)
    options["storage"] = open_storage(tmp_path / "study.db")
    options["checkpoints"] = Checkpoints(tmp_path / "checkpoints")
    with kill(name, after_saves=1) as killed, pytest.raises(killed):
        run_search(asked, **options)
    options["checkpoints"] = Checkpoints(tmp_path / "checkpoints")
    restored.clear()
    again = run_search(asked, **options)
    assert restored[name] == 1
    assert untimed(again.trials) == untimed(whole.trials)
    assert list(again.histories) == [0, 1, 2, 3, 4, 5]
    for number, history in whole.histories.items():
        for column, values in history.epochs.items():
            np.testing.assert_array_equal(
                again.histories[number].epochs[column], values
            )
    left = [path.name for path in (tmp_path / "checkpoints").iterdir()]
    assert sorted(left) == ["histories-0.safetensors", "histories-3.safetensors"]


@pytest.mark.parametrize("change", ["data", "values", "seed", "length", "damage"])
def test_a_checkpoint_of_another_training_is_ignored(
    training_data, training, tmp_path, change
):
    def begin(data="a", rate=0.1, seed=0, length=3):
        checkpoints = Checkpoints(tmp_path, data=data)
        values = {"optimizer.learning_rate": rate, "regularizers[0].strength": 0.1}
        asked = training(num_epochs=length).with_values(values)
        fit = training_data().fit(asked, seed=seed)
        return checkpoints.resumable("trial-0", fit, asked)

    first = begin()
    first.advance(2)
    first.save()
    assert begin().fit.iteration == 2
    changes = {"data": "b", "values": 0.2, "seed": 1, "length": 4}
    names = {"values": "rate"}
    if change == "damage":
        path = tmp_path / "trial-0.safetensors"
        path.write_bytes(path.read_bytes()[:-9])
        assert begin().fit.iteration == 0
    else:
        other = begin(**{names.get(change, change): changes[change]})
        assert other.fit.iteration == 0
