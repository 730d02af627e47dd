"""Writes the docstring of an exported file, which describes the inputs and outputs."""

from assay.data import Preparation
from assay.experiment import Model
from assay.exporting.source._language import Language
from assay.exporting.source._lengths import are_uneven

__all__ = ["docstring"]


def docstring(model: Model, language: Language) -> str:
    """Return the docstring of an exported file.

    The docstring contains no user text, because such text could end the docstring.
    """
    preparation = model.preparation
    return f'''"""A network trained with Assay, in {language.title}.

The parameters are in the file with the same name and the ending .safetensors.
Requires: pip install {language.packages}

Usage:
    networks = load()
    predictions = predict(networks, {_call(preparation)})

Input: {_inputs(preparation)}

Output: {_outputs(preparation)}
"""
'''


def _call(preparation: Preparation) -> str:
    match preparation.kind:
        case "table":
            return "prepare(columns)"
        case "text":
            return "codes_of_words, lengths"
        case "sequence" if are_uneven(preparation):
            return "standardize(values), lengths"
        case _:
            return "standardize(values)"


def _inputs(preparation: Preparation) -> str:
    sizes = ", ".join(map(str, preparation.input_shape))
    match preparation.kind:
        case "table":
            return (
                f"prepared rows (rows, {sizes}), float32. The function\n"
                "`prepare` returns them for the columns listed in COLUMNS, in this "
                "order."
            )
        case "text":
            return (
                f"codes of words (rows, {sizes}), int32, and the number of words in\n"
                "each row (at least 1). Code 0 is padding, code 1 is a word that is\n"
                "not in WORDS, and code 2 is the first word in WORDS. Words are\n"
                "lowercase."
            )
        case "sequence" if are_uneven(preparation):
            return (
                f"values (rows, {sizes}), float32, padded at the end, and the\n"
                "number of steps in each row. `standardize` prepares the values."
            )
        case _:
            return (
                f"values (rows, {sizes}), float32, with the channels last.\n"
                "`standardize` prepares the values."
            )


def _outputs(preparation: Preparation) -> str:
    match preparation.task.kind:
        case "regression":
            return "numbers in the unit of the target (rows,), float64."
        case "binary":
            return "probabilities of the second class in CLASSES (rows,)."
        case _:
            return "probabilities (rows, classes), in the order of CLASSES."
