"""The forms in which a run can be exported, and their registry."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assay._errors import InputError
from assay.experiment import Model, Run, is_custom_network, read_model

__all__ = ["FORMS", "Files", "Form", "exported_model", "writes"]

Files = dict[str, bytes]
"""The content of each file by the ending of its name, such as ".onnx"."""

Writer = Callable[[Run, str], Files]
"""A function that maps (run, name of the main file without its ending) to the files."""


@dataclass(frozen=True)
class Form:
    """A form in which a run can be exported.

    Args:
        name: name of the form, such as "onnx".
        endings: endings of the names of its files; the first is that of the main file.
        write: function that creates the content of the files.
    """

    name: str
    endings: tuple[str, ...]
    write: Writer

    def paths(self, path: Path) -> dict[str, Path]:
        """Return the path of each file by its ending, given that of the main file."""
        stem = path.name.removesuffix(self.endings[0])
        return {ending: path.with_name(stem + ending) for ending in self.endings}


FORMS: dict[str, Form] = {}


def writes(name: str, *endings: str) -> Callable[[Writer], Writer]:
    """Register a function as the writer of a form. See `Form` for the arguments."""

    def register(write: Writer) -> Writer:
        FORMS[name] = Form(name, endings, write)
        return write

    return register


def exported_model(run: Run, form: str) -> Model:
    """Return the model of a run, if it consists of Assay's layers.

    Args:
        run: the run.
        form: name of the form, for the message.

    Raises:
        InputError: the network was written in Python.
    """
    if is_custom_network(read_model(run.folder).training):
        raise InputError(
            f"A network written in Python cannot be exported to {form}, because Assay "
            'does not know its layers. Use to="safetensors", and load the parameters '
            "into your own code."
        )
    return run.model
