"""Generates the page that explains each dependency from pyproject.toml."""

import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["dependencies_page"]

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
_ITEM = re.compile(r'^\s*"(?P<name>[\w.-]+)(?:\[\w+\])?[^"]*",\s*(?:#\s*(?P<why>.*))?$')
_INTRODUCTION = """\
# Dependencies

This page explains why each package is needed. The files `requirements/*.txt` contain
the exact versions and hashes of these packages and of their own dependencies.
"""
_TITLES = {
    "dependencies": "Always installed",
    "optional-dependencies": "Extras",
    "dependency-groups": "For the development of Assay",
}
_SECTIONS = {
    "project.optional-dependencies": "optional-dependencies",
    "dependency-groups": "dependency-groups",
}


def dependencies_page() -> str:
    """Return the page as Markdown."""
    lines = [_INTRODUCTION]
    for key, title in _TITLES.items():
        lines += [f"## {title}", ""]
        for group, rows in _groups(key).items():
            lines += [f"`{group}`:", ""] if key != "dependencies" else []
            lines += ["| package | why |", "| --- | --- |"]
            lines += [f"| {name} | {why} |" for name, why in rows] + [""]
    return "\n".join(lines)


def _groups(wanted: str) -> dict[str, list[tuple[str, str]]]:
    """Return the packages in each list of a section, with the reason for each."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for section, group, name, why in _packages():
        key = group if section == "project" else _SECTIONS.get(section)
        if key == wanted:
            groups.setdefault(group, []).append((name, why))
    return groups


def _packages() -> Iterator[tuple[str, str, str, str]]:
    """Yield (section, list, package, reason). The reasons are comments in the lists."""
    section = group = above = ""
    for line in _PROJECT.read_text().splitlines():
        if header := re.fullmatch(r"\[([\w.-]+)\]", line):
            section, group = header[1], ""
        elif start := re.match(r"([\w-]+) = \[(.*)$", line):
            group = start[1]
            for name in re.findall(r'"([\w-]+)', start[2]):
                yield section, group, name, above
        elif line == "]":
            group = ""
        elif group and (item := _ITEM.match(line)):
            yield section, group, item["name"], item["why"] or ""
        above = line.removeprefix("# ") if line.startswith("# ") else ""
