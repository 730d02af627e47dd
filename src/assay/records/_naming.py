"""Names of runs: `digits-1`, `digits-2`, …, without a clock."""

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["by_number", "make_next"]


def make_next(root: Path, name: str) -> Path:
    """Make and return `root/name-N` for the number after the highest in use.

    Two processes that ask at once get two folders.
    """
    root.mkdir(parents=True, exist_ok=True)
    stem = _stem(name)
    pattern = re.compile(re.escape(stem) + r"-(\d+)")
    while True:
        taken = [pattern.fullmatch(path.name) for path in root.iterdir()]
        number = 1 + max((int(match[1]) for match in taken if match), default=0)
        path = root / f"{stem}-{number}"
        try:
            path.mkdir()
        except FileExistsError:  # another process was faster
            continue
        return path


def _stem(name: str) -> str:
    """Turn all but letters, digits, dots, - and _ into -, as a folder's name needs."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run"


def by_number(paths: Iterable[Path]) -> list[Path]:
    """Sort paths by name, where `digits-10` comes after `digits-9`."""

    def order(path: Path) -> list[tuple[int, str]]:
        parts = re.split(r"(\d+)", path.name)
        return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]

    return sorted(paths, key=order)
