"""Assembles the file of an exported network."""

import inspect
import json
from collections.abc import Sequence
from pprint import pformat

import numpy as np
from safetensors.numpy import save

from assay.data import Preparation
from assay.experiment import Model
from assay.exporting._forms import Files
from assay.exporting._link_names import link_name
from assay.exporting._trained_layers import (
    TrainedLayer,
    check_translatable,
    trained_members,
)
from assay.exporting.source._code import Code
from assay.exporting.source._language import Language
from assay.exporting.source._lengths import are_uneven
from assay.exporting.source._prepare_rows import PREPARERS
from assay.exporting.source._top import docstring

__all__ = ["network_code", "network_files"]


def network_files(model: Model, language: Language) -> Files:
    """Return a file with the code of a model and a file with its arrays.

    Raises:
        InputError: the model contains a layer that cannot be translated.
    """
    check_translatable(model, language.translators, language.name)
    preparation = model.preparation
    uneven = are_uneven(preparation)
    members = [
        _translated(layers, language, uneven=uneven)
        for layers in trained_members(model)
    ]
    code = members[0]
    text = "\n\n".join(
        [
            docstring(model, language) + "\n" + language.imports.rstrip(),
            _constants(preparation, len(members)).rstrip(),
            *(inspect.getsource(f).strip() for f in PREPARERS[preparation.kind]),
            network_code(code, language).strip(),
            _link(model, language).strip(),
            language.load.strip(),
            _predict(preparation, language).strip(),
        ]
    )
    return {".py": _spaced(text).encode(), ".safetensors": _arrays(members)}


def _translated(
    layers: Sequence[TrainedLayer], language: Language, *, uneven: bool
) -> Code:
    code = Code(language.translators, uneven=uneven)
    code.layers(layers)
    return code


def network_code(code: Code, language: Language) -> str:
    """Return the code of the network class and of the definitions that it uses."""
    pieces = [text for name, text in language.pieces.items() if name in code.helpers]
    build = "".join(f"        {line}\n" for line in code.build)
    run = "".join(f"        {line}\n" for line in code.forward)
    network = f"{language.head}{build}\n{language.run}"
    network += f'        """Return raw outputs."""\n{run}        return x\n'
    return "\n\n".join([*(piece.strip() + "\n" for piece in pieces), network])


def _constants(preparation: Preparation, num_networks: int) -> str:
    """Return the constants as literals, so text in them is never run as code."""
    lines = [f"NUM_NETWORKS = {num_networks}"]
    if preparation.task.classes:
        classes = json.loads(json.dumps(list(preparation.task.classes), default=str))
        lines.append(f"CLASSES = {pformat(classes, width=80)}")
    if preparation.task.kind == "regression":
        lines.append(f"TARGET_MEAN = {preparation.target_mean!r}")
        lines.append(f"TARGET_STD = {preparation.target_std!r}")
    columns = preparation.to_json()["columns"]
    if preparation.kind == "text":
        words = pformat(columns[0]["vocabulary"], width=80, compact=True)
        lines.append(f"WORDS = {words}")
    else:
        lines.append(f"COLUMNS = {pformat(columns, width=80, sort_dicts=False)}")
    return "\n".join(lines) + "\n"


def _link(model: Model, language: Language) -> str:
    name = link_name(model, language.links, language.name)
    return (
        "def link(outputs):\n"
        '    """Map raw outputs to predictions."""\n'
        f"    return {language.links[name]}\n"
    )


def _predict(preparation: Preparation, language: Language) -> str:
    restore = ""
    if preparation.task.kind == "regression":
        restore = ".astype(np.float64) * TARGET_STD + TARGET_MEAN"
    return language.predict.replace("{restore}", restore)


def _arrays(members: Sequence[Code]) -> bytes:
    named: dict[str, np.ndarray] = {}
    for number, code in enumerate(members):
        named |= {f"{number}.{name}": array for name, array in code.arrays.items()}
    return save(named)


def _spaced(text: str) -> str:
    """Return the text with two blank lines before each function and class."""
    starts = ("def ", "class ", "@")
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(starts) and not lines[-1].startswith("@"):
            while lines and not lines[-1].strip():
                lines.pop()
            lines += ["", ""]
        lines.append(line)
    return "\n".join(lines) + "\n"
