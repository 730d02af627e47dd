"""Check the sizes of files, folders, functions and parameter lists.

    python scripts/check_sizes.py [PATH...]

Prints each fault as `path:line: message`. Code that exceeds these limits is hard to
read. Most code should be far below them.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_FILE_LINES = 500
MAX_BODY_LINES = 60
MAX_POSITIONAL = 4
# Maximum number of modules per folder in src or tests, except `__init__.py`.
MAX_FILES = 12
# Modules with these names tend to collect unrelated code.
EMPTY_NAMES = {"utils", "helpers", "common", "misc"}
DEFAULT_PATHS = ("src", "tests", "scripts", "benchmarks", "examples")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def faults_in(path: Path, source: str) -> Iterator[str]:
    """Yield the faults in a file as `path:line: message`.

    Args:
        path: path relative to the project root. Module names are checked only in `src`.
            Parameters are not counted in `tests`, because pytest passes fixtures by
            name.
        source: contents of the file.
    """
    num_lines = len(source.splitlines())
    if num_lines > MAX_FILE_LINES:
        yield f"{path}:1: the file has {num_lines} lines; the limit is {MAX_FILE_LINES}"
    if path.parts[0] == "src":
        for part in {part.strip("_") for part in path.with_suffix("").parts}:
            if part in EMPTY_NAMES:
                yield f"{path}:1: the name does not describe the contents: {part}"
    for node in ast.walk(ast.parse(source, filename=str(path))):
        if isinstance(node, Function):
            where = f"{path}:{node.lineno}: {node.name}"
            num_lines = body_lines(node)
            if num_lines > MAX_BODY_LINES:
                yield f"{where} has {num_lines} lines; the limit is {MAX_BODY_LINES}"
            num_positional = positional_parameters(node)
            if num_positional > MAX_POSITIONAL and path.parts[0] != "tests":
                yield (
                    f"{where} has {num_positional} positional parameters, "
                    f"but the limit is {MAX_POSITIONAL}; make the rest keyword-only"
                )


def crowded_folders(files: Iterable[Path]) -> Iterator[str]:
    """Yield a fault for each folder with too many modules."""
    counts = Counter(
        file.parent
        for file in files
        if file.name != "__init__.py" and file.parts[0] in ("src", "tests")
    )
    for folder, count in counts.items():
        if count > MAX_FILES:
            yield f"{folder}: {count} files; the limit is {MAX_FILES}"


def body_lines(function: Function) -> int:
    """Count the lines in a function body, excluding the docstring."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if has_docstring else function.body
    if not statements:
        return 0
    last = statements[-1]
    return (last.end_lineno or last.lineno) - statements[0].lineno + 1


def positional_parameters(function: Function) -> int:
    """Count the positional parameters, excluding `self` and `cls`."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def main(paths: list[str]) -> int:
    """Check all Python files under the paths and return the exit code."""
    roots = [Path(p) for p in paths or DEFAULT_PATHS]
    files = sorted(
        file
        for root in roots
        for file in ([root] if root.is_file() else root.rglob("*.py"))
    )
    faults = [f for file in files for f in faults_in(file, file.read_text("utf-8"))]
    faults += crowded_folders(files)
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
