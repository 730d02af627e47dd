"""Trains step by step and gives access to all intermediate values."""

from pathlib import Path
from typing import Any, NamedTuple, NoReturn, cast

import numpy as np

from assay import spec
from assay._calls import ExplainsNames, explains_arguments, explains_construction
from assay._errors import InputError, did_you_mean, fault
from assay.data import Split
from assay.experiment._experiment import Experiment
from assay.experiment.model._model import Model
from assay.experiment.prepare._load import LoadedData, load
from assay.experiment.prepare._prepare import PreparedData, prepare
from assay.experiment.prepare._split import SplitData
from assay.metrics import primary
from assay.training import History
from assay.tuning import middle

__all__ = ["Batch", "Fit"]

Named = dict[str, np.ndarray]


class Batch(NamedTuple):
    """The network inputs and targets for one iteration.

    Args:
        inputs: prepared inputs (n, *input_shape); for text, and for sequences of
            different lengths, a dict that also contains the lengths.
        targets: (n,) class indices or standardized numbers.
    """

    inputs: Any
    targets: np.ndarray


@explains_construction("assay.Fit.on((X, y))", prepared=PreparedData)
class Fit(ExplainsNames):
    """A single fit outside the protocol, without a split or a search.

    A fit can run for one iteration, for one epoch or to the end. Between steps, it can
    be inspected, saved and restored. The results are bit-for-bit identical, regardless
    of how a fit is divided into steps. Use `Fit.on` to create a fit.

    Args:
        prepared: prepared data with all rows in the training set.
        training: training spec without search spaces.
        seed: seed for the initial values, the batch order and the dropout masks.

    Example:
        >>> import assay
        >>> fit = assay.Fit.on("iris", model=[assay.Dense(8), assay.ReLU()], seed=0)
        >>> _ = fit.step()
        >>> fit.parameters["dense1"]["kernel"].shape, fit.gradients()["dense1"].keys()
        ((4, 8), dict_keys(['bias', 'kernel']))
        >>> fit.run().predict("iris").shape
        (150, 3)
    """

    def __init__(
        self, prepared: PreparedData, training: spec.Training, *, seed: int
    ) -> None:
        self.training = training
        self._preparation = prepared.tuning.preparation
        self._fit = prepared.tuning.training_data.fit(training, seed=seed)

    @classmethod
    @explains_arguments("assay.Fit.on((X, y))")
    def on(cls, data: Any, y: Any = None, *, seed: int = 0, **fields: Any) -> "Fit":
        """Create a fit that trains on all rows of the data.

        Args:
            data: inputs X (n, …) if `y` is passed; otherwise a file, the name of a
                built-in data set, a frame, (X, y) arrays, or a data set.
            y: targets (n,).
            seed: seed for the initial values, the batch order and the dropout masks.
            **fields: any field of `Experiment` that affects a single fit, such as
                `model`, `cost`, `optimizer`, `batch_size` and `num_epochs`. By default,
                the optimizer is Adam, no regularization is used, and the other values
                depend on the data. Each search space is replaced by its middle value.

        Raises:
            InputError: the data or the spec is invalid. The message lists all errors.
        """
        fields = {"optimizer": spec.Adam(), "regularizers": ()} | fields
        source = data if y is None else (data, y)
        experiment = Experiment(data=source, seed=seed, **fields)
        prepared = prepare(_all_rows(load(experiment)))
        training = prepared.candidates[-1].training
        values = {path: middle(space) for path, space in training.spaces().items()}
        return cls(prepared, training.with_values(values), seed=seed)

    @property
    def iteration(self) -> int:
        """Number of completed updates."""
        return self._fit.iteration

    @property
    def num_iterations(self) -> int:
        """Total number of updates in the fit."""
        return self._fit.num_iterations

    @property
    def num_epochs_done(self) -> int:
        """Number of completed passes over the data."""
        return self._fit.epoch

    @property
    def done(self) -> bool:
        """Whether the fit is complete."""
        return self._fit.done

    @property
    def history(self) -> History:
        """Measurements after each completed iteration and epoch."""
        return self._fit.history

    @property
    def parameters(self) -> dict[str, Named]:
        """The current parameters, keyed by layer and parameter name."""
        return cast("dict[str, Named]", self._fit.last().parameters)

    @explains_arguments("fit.step(10)")
    def step(self, iterations: int = 1) -> "Fit":
        """Run one or more iterations.

        Raises:
            InputError: the number of iterations is less than 1.
        """
        if iterations < 1:
            fix = "Use a number, such as 1."
            raise InputError(fault("iterations >= 1", "iterations", iterations, fix))
        self._fit.advance(iterations=iterations)
        return self

    @explains_arguments("fit.epoch() for one epoch")
    def epoch(self) -> "Fit":
        """Run to the end of the current epoch."""
        self._fit.advance(epochs=1)
        return self

    @explains_arguments("fit.run(), and num_epochs=10 in assay.Fit.on(...)")
    def run(self) -> "Fit":
        """Run to the end of the fit."""
        self._fit.run()
        return self

    def batch(self) -> Batch:
        """Return the examples for the next iteration."""
        inputs, targets, mask, _ = self._fit.batch()
        count = int(np.asarray(mask).sum())  # the remaining rows are padding
        if isinstance(inputs, dict):
            rows: Any = {name: np.asarray(v)[:count] for name, v in inputs.items()}
        else:
            rows = np.asarray(inputs)[:count]
        return Batch(rows, np.asarray(targets)[:count])

    def activations(self, layer: str | None = None) -> Any:
        """Return the output (n, …) of a layer on the next batch.

        If no layer is given, return the outputs of all layers, keyed by name.

        Raises:
            InputError: the network has no layer with this name.
        """
        outputs = cast(Named, self._fit.probe()["values"])
        if layer is None:
            return outputs
        if layer not in outputs:
            near = did_you_mean(layer, outputs)
            raise InputError(
                f"The network has no layer {layer!r}. Use one of "
                f"{', '.join(outputs)}.{near}"
            )
        return outputs[layer]

    def gradients(self) -> dict[str, Named]:
        """Return the gradients on the next batch, keyed by layer and parameter name.

        The gradients are computed for the objective, which is the cost plus penalties.
        """
        return cast("dict[str, Named]", self._fit.probe()["parameter_gradients"])

    @property
    def model(self) -> Model:
        """The model, which consists of the current network and the preparation."""
        return Model(self.training, self._preparation, [self._fit.last()])

    @explains_arguments("fit.predict(X)")
    def predict(self, source: Any) -> np.ndarray:
        """Return predictions for new rows, like `Model.predict`."""
        return self.model.predict(source)

    @explains_arguments("fit.save('fit.npz')")
    def save(self, path: str | Path) -> None:
        """Save the state of the fit to a file.

        Raises:
            InputError: the path is a folder, or its parent folder does not exist.
        """
        if Path(path).is_dir() or not Path(path).parent.is_dir():
            raise InputError(
                f"The fit cannot be saved to {str(path)!r}. Use a new file in an "
                "existing folder."
            )
        self._fit.save(path)

    @explains_arguments("fit.restore('fit.npz')")
    def restore(self, path: str | Path) -> "Fit":
        """Load the state of an identical fit from a file written by `save`.

        Raises:
            InputError: the file does not exist.
            RunError: the file cannot be read, or belongs to a different network.
        """
        if not Path(path).is_file():
            raise InputError(f"No such file: {path}. Use a file written by `save`.")
        self._fit.restore(path)
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "A Fit cannot be copied or pickled. Write fit.save(path), create the same "
            "Fit again, and write restore(path)."
        )


def _all_rows(loaded: LoadedData) -> SplitData:
    """Return the data with all examples in train, except those in a given test set."""
    dataset = loaded.dataset
    rows = np.arange(dataset.num_examples)
    end = dataset.num_examples - dataset.num_test
    split = Split(rows[:end], rows[:0], rows[end:], by="given", hash="")
    metric = primary(dataset.task.kind)
    return SplitData(loaded.experiment, dataset, split, metric, loaded.start)
