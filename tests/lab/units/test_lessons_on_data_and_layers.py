"""The lessons of units 5, 6, 8 and 9: short texts, and snippets that run."""

import pytest

from assay.lab.units._registry import lesson_of

UNITS = ("batches", "convolution", "regularization", "layers")


@pytest.mark.parametrize("unit", UNITS)
def test_texts_are_short(unit):
    lesson = lesson_of(unit)
    assert lesson.unit == unit
    assert sum(len(text.split()) for text in lesson.paragraphs) <= 120


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unit", "printed"),
    [
        ("batches", "{'train': 1257, 'val': 270, 'test': 270}"),
        ("convolution", "[[4. 1. 0.]\n [3. 1. 2.]\n [1. 3. 1.]]"),
        ("regularization", " -> "),
        ("layers", "conv1 · conv2d · y[3, 3, 0] of row 0"),
    ],
)
def test_snippets_run(unit, printed, capsys):
    exec(compile(lesson_of(unit).snippet, unit, "exec"), {})
    assert printed in capsys.readouterr().out
