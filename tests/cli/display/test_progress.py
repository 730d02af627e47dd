"""The progress of a run is shown on standard error as bars or plain lines."""

import io
import sys

import pytest
from rich.console import Console
from rich.progress import Progress

from assay.cli.display import _progress
from assay.cli.display._progress import Bars, Lines, show_progress
from assay.records import Finding

WARNING = Finding("target_copy", "warning", "[b] tells the target.")
INFO = Finding("class_balance", "info", "The largest class has 50 examples.")


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test advances."""
    seconds = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: seconds[0])
    return seconds


def test_plain_lines_come_every_few_seconds(capsys, clock):
    lines = Lines()
    lines.stage("data", "iris")
    lines.note("The cells are separated by ';'.")
    lines.finding(WARNING)
    lines.finding(INFO)
    lines.stage("tune")
    for done in range(1, 11):
        clock[0] += 0.5
        lines.progress(done, 10, "best")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "data: iris",
        "note: The cells are separated by ';'.",
        "warning: [b] tells the target.",
        "tune",
        "tune: 4 of 10, best",
        "tune: 8 of 10, best",
        "tune: 10 of 10, best",
    ]


def test_bars_show_stages_and_findings():
    stream = Terminal()
    console = Console(file=stream, force_terminal=True, width=100)
    with Progress(console=console) as progress:
        bars = Bars(progress)
        bars.stage("data", "iris")
        bars.finding(WARNING)
        bars.finding(INFO)
        bars.stage("tune")
        bars.progress(3, 10, "best")
        first, second = progress.tasks
        assert (first.description, first.finished) == ("data", True)
        assert (second.completed, second.total) == (3, 10)
        assert second.fields["text"] == "best"
    # a name in brackets is text, not a style
    assert "warning: [b] tells the target." in stream.getvalue()
    assert "largest class" not in stream.getvalue()


def test_a_terminal_gets_bars_and_a_file_gets_lines(monkeypatch, capsys):
    with show_progress() as observer:
        assert isinstance(observer, Lines)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with show_progress() as observer:
        assert isinstance(observer, Bars)
        observer.stage("tune", "4 trials")
        observer.progress(2, 4, "best [0.5]")
    assert "best [0.5]" in terminal.getvalue()
    assert capsys.readouterr().out == ""
