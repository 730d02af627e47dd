"""Shows the progress of a run in a notebook."""

import sys
import time
from typing import Any

from assay._html import html_row, html_text
from assay.experiment._events import Observer
from assay.records import Finding

__all__ = ["NotebookProgress", "notebook_observer"]

_SECONDS_BETWEEN_UPDATES = 0.1
_SHOWN = ("warning", "error")  # other findings appear only in the result


class NotebookProgress(Observer):
    """Draws a bar for each stage below the cell in a Jupyter or marimo notebook.

    Elsewhere, the stages are printed as text.

    Example:
        >>> observer = NotebookProgress()
        >>> observer.stage("data", "iris")
        data: iris
    """

    def __init__(self) -> None:
        self._stages: list[tuple[str, str]] = []
        self._done, self._total, self._text = 0, 0, ""
        self._messages: list[str] = []
        self._drawn = 0.0
        self._show = _display()

    def stage(self, name: str, detail: str = "") -> None:
        """Start a new bar."""
        self._stages.append((name, detail))
        self._done, self._total, self._text = 0, 0, ""
        self._draw(f"{name}: {detail}" if detail else name)

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Update the progress bar of the stage."""
        self._done, self._total, self._text = done, total, text
        is_last = done == total
        if is_last or time.monotonic() - self._drawn > _SECONDS_BETWEEN_UPDATES:
            self._draw("")

    def note(self, text: str) -> None:
        """Show a note below the bars."""
        self._print(f"note: {text}")

    def finding(self, finding: Finding) -> None:
        """Show a warning or an error below the bars."""
        if finding.severity in _SHOWN:
            self._print(f"{finding.severity}: {finding.message}")

    def _print(self, message: str) -> None:
        self._messages.append(message)
        self._draw(message)

    def _draw(self, line: str) -> None:
        """Redraw all bars in a notebook, or print a line elsewhere."""
        self._drawn = time.monotonic()
        if self._show is not None:
            self._show(self._html())
        elif line:
            print(line, flush=True)

    def _html(self) -> str:
        finished = "".join(
            html_row(name, '<progress max="1" value="1"></progress>', html_text(detail))
            for name, detail in self._stages[:-1]
        )
        rows = "".join(f"<p>{html_text(message)}</p>" for message in self._messages)
        if not self._stages:
            return rows
        name, detail = self._stages[-1]
        value = f' max="{self._total}" value="{self._done}"' if self._total else ""
        count = f"{self._done} of {self._total} {self._text}" if self._total else detail
        current = html_row(name, f"<progress{value}></progress>", html_text(count))
        return f"<table><tbody>{finished}{current}</tbody></table>{rows}"


def notebook_observer() -> Observer | None:
    """Return an observer that draws in the notebook, or None outside notebooks."""
    return None if _display() is None else NotebookProgress()


def _display() -> Any:
    """Return a function that replaces the displayed HTML, or None outside notebooks.

    The packages are not imported here, because a notebook has already imported them.
    """
    marimo: Any = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():

        def replace(text: str) -> None:
            marimo.output.replace(marimo.Html(text))

        return replace
    shell: Any = sys.modules.get("IPython")
    running = None if shell is None else shell.get_ipython()
    page = type(running).__name__ == "ZMQInteractiveShell"  # False in a terminal
    if shell is None or not page:
        return None
    return _Cell(shell.display)


class _Cell:
    """A replaceable output of a Jupyter cell.

    Args:
        display: the module `IPython.display`.
    """

    def __init__(self, display: Any) -> None:
        self._display = display
        self._handle: Any = None

    def __call__(self, text: str) -> None:
        """Show HTML."""
        html = self._display.HTML(text)
        if self._handle is None:
            self._handle = self._display.display(html, display_id=True)
        else:
            self._handle.update(html)
