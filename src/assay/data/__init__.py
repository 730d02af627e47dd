"""Loading, splitting, preparing and checking data sets."""

from assay._calls import explain_package
from assay.data.checks._run_checks import CHECKS, look
from assay.data.columns._column import KINDS, Column
from assay.data.columns.target._task import TASKS, Task
from assay.data.dataset._dataset import Dataset, read
from assay.data.dataset._example_names import row_names
from assay.data.dataset._known_task import of_known_task
from assay.data.dataset._load import load
from assay.data.dataset.streams._rows import read_blocks
from assay.data.preparation._blocks import join_blocks
from assay.data.preparation._input_form import InputForm
from assay.data.preparation._linear_features import MAX_FLAT
from assay.data.preparation._preparation import Preparation
from assay.data.preparation._saved_form import preparation_faults
from assay.data.preparation._sole_input_encoders import (
    Inputs,
    SoleInputEncoder,
)
from assay.data.preparation.encoders._encoder import Encoder, Feature
from assay.data.preparation.encoders._known_categories import UnseenCategories
from assay.data.sources._builtin import BUILTINS, Builtin
from assay.data.sources._registry import REGISTRY, get, read_table
from assay.data.sources.arrays._tensors import as_numpy
from assay.data.sources.frames._frames import is_table
from assay.data.splits._folds import NUM_FOLDS, folds, with_val_in_train
from assay.data.splits._sizes import FRACTIONS
from assay.data.splits._split import Split, split
from assay.data.table._array_options import Layout
from assay.data.table._chunks import Stream, chunk_rows
from assay.data.table._part_names import PARTS
from assay.data.table._table import Reader, Table

__all__ = [
    "BUILTINS",
    "CHECKS",
    "FRACTIONS",
    "KINDS",
    "MAX_FLAT",
    "NUM_FOLDS",
    "PARTS",
    "REGISTRY",
    "TASKS",
    "Builtin",
    "Column",
    "Dataset",
    "Encoder",
    "Feature",
    "InputForm",
    "Inputs",
    "Layout",
    "Preparation",
    "Reader",
    "SoleInputEncoder",
    "Split",
    "Stream",
    "Table",
    "Task",
    "UnseenCategories",
    "as_numpy",
    "chunk_rows",
    "folds",
    "get",
    "is_table",
    "join_blocks",
    "load",
    "look",
    "of_known_task",
    "preparation_faults",
    "read",
    "read_blocks",
    "read_table",
    "row_names",
    "split",
    "with_val_in_train",
]

explain_package(__name__)
