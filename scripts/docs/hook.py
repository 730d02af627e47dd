"""Adds the pages that are written from the code to the documentation."""

from collections.abc import Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from scripts.docs.api import api_pages
from scripts.docs.commands import commands_page
from scripts.docs.dependencies import dependencies_page
from scripts.docs.families import families_pages

__all__ = ["on_files"]


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the written pages; MkDocs calls this function before it reads the pages."""
    for path, text in _pages():
        files.append(File.generated(config, path, content=text))
    return files


def _pages() -> Iterator[tuple[str, str]]:
    yield from families_pages()
    yield "reference/commands.md", commands_page()
    yield "dependencies.md", dependencies_page()
    yield from api_pages()
