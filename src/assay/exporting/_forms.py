"""The export formats and their registry."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay._errors import InputError
from assay.experiment import Model, Run, is_custom_network, read_model

__all__ = ["FORMS", "Files", "Form", "exported_model", "writes"]

Files = dict[str, bytes]
"""The contents of each file, by file name ending, such as ".onnx"."""

Writer = Callable[[Run, str], Files]
"""A function that maps (run, name of the main file without the ending) to the files."""


@dataclass(frozen=True)
class Form:
    """A format in which a run can be exported.

    Args:
        name: name of the format, such as "onnx".
        endings: endings of the file names, with that of the main file first.
        write: function that creates the contents of the files.
    """

    name: str
    endings: tuple[str, ...]
    write: Writer

    def paths(self, path: Path) -> dict[str, Path]:
        """Return the path of each file, by file name ending."""
        stem = path.name.removesuffix(self.endings[0])
        return {ending: path.with_name(stem + ending) for ending in self.endings}


FORMS: dict[str, Form] = {}


def writes(name: str, *endings: str) -> Callable[[Writer], Writer]:
    """Register a function as the writer of a format. See `Form` for the arguments."""

    def register(write: Writer) -> Writer:
        FORMS[name] = Form(name, endings, write)
        return write

    return register


def exported_model(run: Run, form: str) -> Model:
    """Return a run's model after checking that its network consists of Assay's layers.

    Args:
        run: run with the model to export.
        form: name of the format, for the message.

    Raises:
        InputError: the network was written in Python.
    """
    if is_custom_network(read_model(run.folder).training):
        raise InputError(
            f"A network written in Python cannot be exported to {form}, because Assay "
            'cannot translate its layers. Use to="safetensors", and load the '
            "parameters into your own code."
        )
    return run.model
