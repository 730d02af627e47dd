"""The notebooks agree with their sources, and their answers are checked.

`make notebooks` runs them.
"""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
WRITER = runpy.run_path(str(ROOT / "scripts" / "write_notebooks.py"))
EXERCISE = runpy.run_path(str(ROOT / "notebooks" / "exercise.py"))
SOURCES = WRITER["SOURCES"]


def _first_word(capsys, answer, right, **options):
    EXERCISE["check"](answer, right, "Think.", **options)
    return capsys.readouterr().out.split()[0]


def test_there_is_a_notebook_per_source():
    written = {WRITER["notebook_of"](source) for source in SOURCES}
    assert written == set((ROOT / "notebooks").glob("*.ipynb"))
    assert len(written) == 9


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_agrees_with_its_source(source):
    """Write them again with `python scripts/write_notebooks.py`."""
    text = source.read_text("utf-8")
    assert WRITER["notebook_of"](source).read_text("utf-8") == WRITER["notebook_text"](
        text
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_notebook_has_three_exercises_and_no_solutions(source):
    cells = WRITER["read_cells"](source.read_text("utf-8"))
    answers = [n for n, cell in enumerate(cells) if cell.kind == "answer"]
    assert len(answers) == 3
    for n in answers:
        assert cells[n].text.startswith("answer = ")
        assert "check(" in cells[n + 1].text
    notebook = json.loads(WRITER["notebook_of"](source).read_text("utf-8"))
    blank = [cell for cell in notebook["cells"] if cell["source"] == ["answer = ..."]]
    assert len(blank) == 3
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


def test_the_table_lists_every_notebook():
    table = (ROOT / "notebooks" / "README.md").read_text("utf-8")
    for source in SOURCES:
        assert f"]({source.stem}.ipynb)" in table


def test_cells_are_read_from_their_marks():
    source = (
        "# %% [markdown]\n# # A\n#\n# b\n\n# %%\nx = 1\n\n\n# %% answer\nanswer = 2"
    )
    cells = WRITER["read_cells"](source)
    assert [(cell.kind, cell.text) for cell in cells] == [
        ("markdown", "# A\n\nb"),
        ("code", "x = 1"),
        ("answer", "answer = 2"),
    ]


@pytest.mark.parametrize(
    ("answer", "right", "word"),
    [
        (..., 2, "No"),
        (2, 2, "Right."),
        (2.01, 2, "Right."),
        (2.1, 2, "Not"),
        ([1, 2], (1, 2), "Right."),
        (1, (1, 2), "Not"),
        ("two", 2, "Not"),
        (None, 2, "Not"),
        (" ReLU", "relu", "Right."),
        (True, True, "Right."),
        (False, True, "Not"),
        (np.float32(0.5), 0.5, "Right."),
    ],
)
def test_an_answer_is_checked(capsys, answer, right, word):
    assert _first_word(capsys, answer, right) == word


def test_the_tolerance_can_be_set(capsys):
    assert _first_word(capsys, 2.1, 2, within=0.1) == "Right."
