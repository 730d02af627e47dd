"""Data: sources, columns, the task, splits, preparation and what to know of them."""

from assay.data._builtin import BUILTINS, Builtin
from assay.data._column import KINDS, Column
from assay.data._dataset import Dataset, read
from assay.data._encoders import Encoder, Feature
from assay.data._encoders_whole import Inputs, WholeEncoder
from assay.data._flat import MAX_FLAT
from assay.data._layout import Layout
from assay.data._loading import load
from assay.data._look import CHECKS, look
from assay.data._memory import available_bytes
from assay.data._preparation import Preparation
from assay.data._row_names import row_names
from assay.data._source import Source, Table
from assay.data._sources import REGISTRY, get
from assay.data._split import FRACTIONS, PARTS, Split, split
from assay.data._stream import Stream, chunk_rows
from assay.data._streaming import read_blocks
from assay.data._task import TASKS, Task

__all__ = [
    "BUILTINS",
    "CHECKS",
    "FRACTIONS",
    "KINDS",
    "MAX_FLAT",
    "PARTS",
    "REGISTRY",
    "TASKS",
    "Builtin",
    "Column",
    "Dataset",
    "Encoder",
    "Feature",
    "Inputs",
    "Layout",
    "Preparation",
    "Source",
    "Split",
    "Stream",
    "Table",
    "Task",
    "WholeEncoder",
    "available_bytes",
    "chunk_rows",
    "get",
    "load",
    "look",
    "read",
    "read_blocks",
    "row_names",
    "split",
]
