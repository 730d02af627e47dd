"""Names of run folders: `digits-1`, `digits-2`, …"""

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["by_number", "make_next"]


def make_next(root: Path, name: str) -> Path:
    """Create `root/name-N`, where N is one more than the highest existing number.

    Names contain numbers instead of dates, because names should be reproducible.
    Processes that call this function at the same time get different folders.
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
        except FileExistsError:  # another process has just used this number
            continue
        return path


def _stem(name: str) -> str:
    """Replace all characters except letters, digits, dots, - and _ with hyphens."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "run"


def by_number(paths: Iterable[Path]) -> list[Path]:
    """Return paths sorted by name, with `digits-10` after `digits-9`."""

    def order(path: Path) -> list[tuple[int, str]]:
        parts = re.split(r"(\d+)", path.name)
        return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]

    return sorted(paths, key=order)
