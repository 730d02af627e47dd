"""Write notebooks/*.ipynb from the sources in notebooks/source.

python scripts/write_notebooks.py

A source is a Python file divided into cells by the lines `# %% [markdown]`, `# %%` and
`# %% answer`. An answer cell contains the solution to an exercise. In the notebook, the
solution is replaced with dots.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "notebooks"
SOURCES = sorted((FOLDER / "source").glob("*.py"))

_MARK = "# %%"
_KINDS = {"[markdown]": "markdown", "": "code", "answer": "answer"}
_OPEN = "answer = ..."


@dataclass(frozen=True)
class Cell:
    """A cell in a source.

    Args:
        kind: "markdown", "code" or "answer".
        text: the Markdown, the code or the solution.
    """

    kind: str
    text: str


def read_cells(source: str) -> list[Cell]:
    """Return the cells in a source."""
    cells = []
    for block in ("\n" + source).split("\n" + _MARK)[1:]:
        mark, _, text = block.partition("\n")
        kind = _KINDS[mark.strip()]
        if kind == "markdown":
            lines = [line.removeprefix("#").removeprefix(" ") for line in _lines(text)]
            text = "\n".join(lines)
        cells.append(Cell(kind, text.strip()))
    return cells


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def notebook_text(source: str) -> str:
    """Return the text of a notebook in format 4.5, without outputs."""
    cells = [_json_cell(n, cell) for n, cell in enumerate(read_cells(source), 1)]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _json_cell(number: int, cell: Cell) -> dict[str, Any]:
    """Return a cell as JSON, with an id that depends only on the cell's position."""
    text = _OPEN if cell.kind == "answer" else cell.text
    common = {"id": f"cell-{number}", "metadata": {}}
    lines = text.splitlines(keepends=True)
    if cell.kind == "markdown":
        return {"cell_type": "markdown", **common, "source": lines}
    code = {"execution_count": None, "outputs": [], "source": lines}
    return {"cell_type": "code", **common, **code}


def notebook_of(source: Path) -> Path:
    """Return the path of the notebook generated from a source."""
    return FOLDER / f"{source.stem}.ipynb"


if __name__ == "__main__":
    for path in SOURCES:
        notebook_of(path).write_text(notebook_text(path.read_text("utf-8")), "utf-8")
