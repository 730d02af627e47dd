"""The trained model, with methods to predict, save and load."""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay import spec
from assay._calls import ExplainsNames, explains_arguments, explains_construction
from assay._errors import InputError, RunError
from assay.data import Dataset, Inputs, Preparation, read_blocks, row_names
from assay.experiment.model._blocks import block_inputs
from assay.experiment.model._check import check_rows, read_once
from assay.experiment.model._check_arrays import array_faults
from assay.experiment.model._custom_network import check_arrays, check_factory
from assay.experiment.model._files import (
    SavedModel,
    is_custom_network,
    read_model,
    refuse,
    write_model,
)
from assay.experiment.model._model_table import model_table
from assay.experiment.model._predict_in_parts import predict_in_parts
from assay.experiment.model._prediction_table import prediction_table
from assay.records import RunFolder
from assay.training import (
    Fitted,
    Hyperparameters,
    Program,
    check_process,
    hyperparameters,
    program_for,
)

__all__ = ["Model"]


@explains_construction("assay.load('runs/NAME').model")
class Model(ExplainsNames):
    """One or more trained networks of the same kind, with their input preparation.

    A model may have several members: networks that differ in their random initial
    values, their batch orders and their training settings, such as the learning rate.
    The model returns the mean of their predictions. Its error is usually smaller than
    that of a single network, because the errors partly cancel out.

    Args:
        training: training spec of the first member.
        preparation: preparation that turns columns into inputs.
        members: learned parameters and statistics of each network.

    References:
        Hansen and Salamon, Neural Network Ensembles, 1990; Lakshminarayanan, Pritzel
        and Blundell, Simple and Scalable Predictive Uncertainty Estimation using Deep
        Ensembles, 2017.

    Example:
        >>> import assay
        >>> run = assay.train("iris", trials=1, runs=None)
        >>> run.model.predict(assay.data.load("iris")).shape
        (150, 3)
    """

    def __init__(
        self,
        training: spec.Training,
        preparation: Preparation,
        members: Sequence[Fitted],
    ) -> None:
        self.training = training
        self.preparation = preparation
        self.members = tuple(members)

    @property
    def num_parameters(self) -> int:
        """Total number of learned parameters in all members."""
        return len(self.members) * self.program.network.num_parameters

    @cached_property
    def program(self) -> Program:
        """The compiled program for predictions."""
        return program_for(
            self.training.model_copy(update={"devices": 1}),
            self.preparation.input_shape,
            num_classes=max(self.preparation.task.num_classes, 1),
            capacity=8,
        )

    @cached_property
    def hyperparameters(self) -> Hyperparameters:
        """The hyperparameters as arguments for the program."""
        return hyperparameters(
            self.training,
            num_classes=max(self.preparation.task.num_classes, 1),
            total_iterations=1,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle, excluding compiled programs."""
        names = ("training", "preparation", "members")
        return {name: getattr(self, name) for name in names}

    @explains_arguments("model.predict(X), with rows=[0, 1] for two of its rows")
    def predict(self, source: Any, *, rows: np.ndarray | None = None) -> np.ndarray:
        """Return predictions for rows with the same columns as the training data.

        Every row gets a prediction, even if all its values are missing. Categories that
        were not seen in training are ignored; use `check` to list them.

        Args:
            source: a data set, a frame or a file, with or without the target. Parquet
                files, and objects with source[i], may be larger than memory.
            rows: row numbers; by default, all rows.

        Returns:
            Binary tasks: probabilities of the second class (n,). Multiclass tasks:
            probabilities (n, num_classes). Regression: values (n,) in the unit of the
            target.

        Raises:
            InputError: columns are missing, or contain different kinds of values than
                in training.
            AssayError: this process was forked after its parent trained or predicted.
        """
        check_process()
        blocks = None if rows is not None else self._blocks(source)
        if blocks is None:
            return self.predict_inputs(self.preparation.transform(source, rows))
        return np.concatenate([self.predict_inputs(block) for block in blocks])

    def read(self, source: Any) -> Any:
        """Read rows for `predict_frame` and `check`, so a file is read only once.

        Args:
            source: rows in any form that `predict` accepts. Sources that are read in
                blocks are returned unchanged. Folders are also returned unchanged,
                because the prediction table lists the names of their files.
        """
        return read_once(source, self.preparation)

    def check(self, source: Any) -> tuple[str, ...]:
        """Return notes on new rows that `predict` does not report.

        The notes describe how the rows were read, for example, whether empty lines were
        skipped. For each categorical column, they count the values that were not seen
        in training. They also mention columns whose numbers are usually far larger or
        smaller than in training, rows and columns without any values, and sequences and
        texts of which only the first part is used.

        Args:
            source: rows in any form that `predict` accepts. Files are read again; see
                `read`.

        Example:
            >>> import assay
            >>> columns = {"city": ["Bern", "Basel"] * 40, "size": list(range(80))}
            >>> y = ["a", "b"] * 40
            >>> run = assay.train({**columns, "y": y}, trials=1, runs=None)
            >>> run.model.check({"city": ["Rome", "Bern"], "size": [1, 2]})[0][:49]
            "'city': 1 of 2 values were not seen in training, "
        """
        return check_rows(source, self.preparation)

    def _blocks(self, source: Any) -> Iterator[Inputs] | None:
        """Return an iterator over blocks of inputs.

        Return None if the source is not read in blocks, or if an example consists of
        several rows.
        """
        preparation = self.preparation
        if isinstance(source, Dataset):
            rows = np.arange(source.num_examples)
            streamed = source.stream is not None
            return block_inputs(source, rows, preparation) if streamed else None
        tables = preparation.kind in ("table", "text")
        frames = read_blocks(source, preparation.columns, tables=tables)
        return None if frames is None else map(preparation.transform, frames)

    def predict_inputs(self, inputs: Inputs) -> np.ndarray:
        """Return predictions for prepared inputs (n, …)."""
        width = math.prod(self.preparation.input_shape)
        predictions = predict_in_parts(self._mean_prediction, inputs, width)
        return self.preparation.restore(predictions)

    def _mean_prediction(self, inputs: Inputs) -> np.ndarray:
        """Return the mean of the members' predictions."""
        predictions = [
            self.program.predict(member.model, self.hyperparameters, inputs)
            for member in self.members
        ]
        mean = np.mean(predictions, axis=0) if len(predictions) > 1 else predictions[0]
        return np.asarray(mean)

    @explains_arguments("model.predict_frame(X)")
    def predict_frame(self, source: Any) -> pl.DataFrame:
        """Return a table of predictions and, for classification, probabilities.

        For images in a folder and sequences in a long table, the first column contains
        their names.
        """
        table = prediction_table(self.preparation.task, self.predict(source))
        column = row_names(source, self.preparation.layout)
        if column is None:
            return table
        return pl.DataFrame({column.name: column, **table.to_dict()})

    def _repr_html_(self) -> str:
        return model_table(
            self.training,
            self.preparation,
            self.program.network,
            num_members=len(self.members),
        )

    def save(self, folder: RunFolder | str | Path) -> None:
        """Write the model to a folder as safetensors and JSON files."""
        write_model(_opened(folder), self.training, self.preparation, self.members)

    @classmethod
    def load(cls, folder: RunFolder | str | Path, network: Any = None) -> "Model":
        """Load the model from a run's folder, or a folder passed to `save`.

        Args:
            folder: folder of the run.
            network: factory of the network, if it was written in Python.

        Raises:
            InputError: the factory is missing, or returns a different network.
            RunError: the run has no model, or this version of Assay cannot read it.
        """
        folder = _opened(folder)
        if not folder.path.is_dir():
            raise RunError(f"{folder.path} is not a folder. Use the folder of a run.")
        if not (folder.is_run or folder.path_of("model").is_dir()):
            raise RunError(
                f"{folder.path} contains no run and no model. Use the folder of a run, "
                "or one passed to `Model.save`."
            )
        return cls.from_saved(read_model(folder), folder, network)

    @classmethod
    def from_saved(
        cls, saved: SavedModel, folder: RunFolder, network: Any = None
    ) -> "Model":
        """Create a model from the contents of its files.

        Args:
            saved: contents of the files.
            folder: folder of the run, for error messages.
            network: factory of the network, as for `load`.

        Raises:
            InputError: the factory is missing, or returns a different network.
            RunError: the arrays do not match the network. The message lists all errors.
        """
        fields = saved.training
        check_factory(fields, network, folder.path)
        custom = is_custom_network(fields)
        training = spec.Training(**fields | ({"model": network} if custom else {}))
        model = cls(training, saved.preparation, saved.members)
        if custom:
            check_arrays(saved.members, model.program.network)
        check_process()  # outside `try`, because its errors do not concern the files
        try:
            faults = array_faults(saved.members, model.program.network)
        except (InputError, MemoryError) as error:  # incompatible layers
            faults = str(error).splitlines()
        if faults:
            refuse(folder, faults)
        return model


def _opened(folder: RunFolder | str | Path) -> RunFolder:
    return folder if isinstance(folder, RunFolder) else RunFolder(folder)
