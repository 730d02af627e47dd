"""Adds the generated pages to the documentation.

MkDocs calls the functions in this module.
"""

import re
from collections.abc import Iterator
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from scripts.docs.api import api_pages
from scripts.docs.commands import commands_page
from scripts.docs.dependencies import dependencies_page
from scripts.docs.families import families_pages

__all__ = ["on_config", "on_files", "on_post_page"]

_API = "Python API"  # the navigation section that lists the packages
_OUTSIDE = re.compile(
    r"""<(?:script|img|iframe|source)[^>]+\bsrc=["']?(?:https?:)?//
    |<link(?![^>]+rel=["']?canonical)[^>]+\bhref=["']?(?:https?:)?//""",
    re.VERBOSE,
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the pages of the Python API to the navigation."""
    for section in config.nav or ():
        if isinstance(section, dict) and _API in section:
            section[_API] = [path for path, _ in api_pages()]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the generated pages before MkDocs reads the pages."""
    for path, text in _pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_post_page(output: str, *, page: Page, **_: Any) -> str:
    """Reject pages that load external resources, because pages must work offline."""
    if found := _OUTSIDE.search(output):
        raise PluginError(f"{page.file.src_uri} loads an external resource: {found[0]}")
    return output


def _pages() -> Iterator[tuple[str, str]]:
    yield from families_pages()
    yield "reference/commands.md", commands_page()
    yield "dependencies.md", dependencies_page()
    yield from api_pages()
