"""Run the notebooks and check their exercises with and without solutions.

python scripts/run_notebooks.py [WORD] [--save FOLDER]

Runs the notebooks whose names contain WORD; by default, all of them. The check of each
exercise must ask for an answer, reject a wrong answer and accept the solution from the
source.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from write_notebooks import FOLDER, SOURCES, notebook_of, read_cells

sys.path.insert(0, str(FOLDER))
from exercise import MISSING, RIGHT, WRONG

_TIMEOUT_SECONDS = 300  # time limit per cell, which is long enough for a busy machine


def main() -> None:
    """Run the notebooks and exit with code 1 if any of them has faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--save", type=Path, help="folder for the executed notebooks")
    asked = parser.parse_args()
    faults = []
    for source in SOURCES:
        if asked.word in source.stem:
            start = time.monotonic()
            executed, found = run(source)
            seconds = time.monotonic() - start
            print(f"{source.stem:28} {seconds:5.1f} s", *found, sep="\n  ", flush=True)
            faults += found
            if asked.save is not None:
                asked.save.mkdir(parents=True, exist_ok=True)
                nbformat.write(executed, asked.save / notebook_of(source).name)
    sys.exit(1 if faults else 0)


def run(source: Path) -> tuple[nbformat.NotebookNode, list[str]]:
    """Execute the notebook generated from a source and return it with its faults."""
    notebook = nbformat.read(notebook_of(source), as_version=4)
    nbformat.validate(notebook)
    expected = [MISSING] * 3
    for answer, check in exercises(source):
        notebook.cells += map(
            nbformat.v4.new_code_cell, ['answer = "?"', check, answer, check]
        )
        expected += [WRONG, RIGHT]
    where = {"metadata": {"path": str(FOLDER)}}
    client = NotebookClient(notebook, timeout=_TIMEOUT_SECONDS, resources=where)
    # Show only errors, because the kernel warns that it listens on local ports.
    client.extra_arguments = ["--log-level=ERROR"]
    try:
        client.execute()
    except CellExecutionError as error:
        return notebook, [str(error)]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    checks = [cell for cell in code if "check(" in cell.source]
    printed = [printed_by(cell, "stdout") for cell in checks]
    faults = [text for cell in code if (text := printed_by(cell, "stderr"))]
    if len(printed) != len(expected):
        faults.append(f"{len(printed)} checks instead of {len(expected)}")
    for got, wanted in zip(printed, expected, strict=False):
        if not got.startswith(wanted):
            faults.append(f"a check printed {got!r} instead of {wanted!r}")
    return notebook, faults


def exercises(source: Path) -> list[tuple[str, str]]:
    """Return the solution to each exercise and the check for it."""
    cells = read_cells(source.read_text("utf-8"))
    return [
        (cell.text, following.text)
        for cell, following in zip(cells, cells[1:], strict=False)
        if cell.kind == "answer"
    ]


def printed_by(cell: nbformat.NotebookNode, stream: str) -> str:
    """Return what a cell printed to "stdout" or "stderr"."""
    return "".join(out.text for out in cell.outputs if out.get("name") == stream)


if __name__ == "__main__":
    main()
