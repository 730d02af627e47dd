"""Print statistics of the source code: sizes, comments, types and folders.

    python scripts/code_figures.py [FOLDER...]

Each folder contains a checkout of the code, so different versions can be compared. The
default is the current folder.
"""

import ast
import io
import statistics
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SHORT_BODY = 20

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """The path, text and syntax tree of a source module."""

    path: Path
    text: str
    tree: ast.Module


def modules(root: Path, package: str = "") -> list[Module]:
    """Read all source modules, or only those of one package."""
    folder = root / "src" / "assay" / package
    paths = sorted(folder.rglob("*.py")) if folder.is_dir() else []
    texts = [path.read_text("utf-8") for path in paths]
    return [
        Module(path, text, ast.parse(text))
        for path, text in zip(paths, texts, strict=True)
    ]


def functions(read: list[Module]) -> Iterator[Function]:
    """Yield every function and method."""
    for module in read:
        for node in ast.walk(module.tree):
            if isinstance(node, Function):
                yield node


def body_lines(function: Function) -> int:
    """Count the lines in a function body, excluding the docstring."""
    documented = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if documented else function.body
    if not statements:
        return 0
    end = statements[-1].end_lineno or statements[-1].lineno
    return end - statements[0].lineno + 1


def parameters(read: list[Module]) -> list[str]:
    """Return the annotations of all parameters except `self` and `cls`."""
    annotations = []
    for function in functions(read):
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        annotations += [
            ast.unparse(a.annotation) if a.annotation else ""
            for a in every
            if a.arg not in ("self", "cls")
        ]
    return annotations


def comment_lines(read: list[Module]) -> int:
    """Count the lines with comments, excluding directives for tools, such as noqa."""
    count = 0
    for module in read:
        for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
            if token.type == tokenize.COMMENT:
                words = token.string.lstrip("# ")
                count += not words.startswith(("noqa", "type:", "pyright:"))
    return count


def share(part: float, whole: float) -> str:
    """Format a fraction as a percentage."""
    return f"{100 * part / whole:.1f}%" if whole else "-"


def figures(root: Path) -> dict[str, str]:
    """Return the statistics of a checkout by name."""
    read = modules(root)
    lines = [len(module.text.splitlines()) for module in read]
    bodies = [body_lines(function) for function in functions(read)]
    folders = Counter(m.path.parent for m in read if m.path.name != "__init__.py")
    crowded, most = folders.most_common(1)[0]
    training = modules(root, "training") or modules(root, "train")
    annotations = parameters(training)
    inside = [a for a in annotations if "Any" in a]
    return {
        "files": str(len(read)),
        "lines": str(sum(lines)),
        "lines per file, median": f"{statistics.median(lines):g}",
        "longest file": str(max(lines)),
        f"bodies of at most {SHORT_BODY} lines": share(
            sum(b <= SHORT_BODY for b in bodies), len(bodies)
        ),
        "longest body": str(max(bodies)),
        "comment lines": share(comment_lines(read), sum(lines)),
        "parameters typed Any, training": share(
            sum(a == "Any" for a in annotations), len(annotations)
        ),
        "parameters with Any inside, training": share(len(inside), len(annotations)),
        "largest folder": f"{crowded.relative_to(root / 'src')}, {most} files",
    }


def main(folders: list[str]) -> int:
    """Print the statistics of the folders side by side."""
    tables = [figures(Path(folder).resolve()) for folder in folders or ["."]]
    width = max(map(len, tables[0]))
    for name in tables[0]:
        print(f"{name:<{width}}", *(f"{table[name]:>32}" for table in tables))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
