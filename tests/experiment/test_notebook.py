"""Notebooks show tables in place of text, and bars while a run is trained."""

import html.parser
import sys
import types

import polars as pl
import pytest

import assay
from assay.experiment import NotebookProgress

EVIL = '<script>alert("1")</script>\x1b[31m'


class Checker(html.parser.HTMLParser):
    """Collects the elements, and fails if one is not closed or not allowed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        allowed = {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
        assert tag in allowed | {"progress"}, tag
        assert all(name in ("max", "value", "style") for name, _ in attrs)
        assert "(" not in dict(attrs).get("style", "")  # loads nothing
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data + " "


def read(value):
    return Checker(value._repr_html_()).text


def test_data_sets():
    frame = pl.DataFrame(
        {EVIL: range(30), "constant": [1] * 30, "y": ["a", "b"] * 15},
    )
    text = read(assay.data.load(frame, target="y"))
    assert "30 examples, 2 features, binary target 'y' (2 classes)" in text
    assert "<script>" in text and "\x1b" not in text  # as text
    assert "constant (not used)" in text


def test_data_sets_with_many_columns():
    columns = {f"x{n}": [n, n + 1, n + 2] * 10 for n in range(60)}
    dataset = assay.data.load(columns | {"y": ["a", "b", "a"] * 10}, target="y")
    assert "… and 10 more" in read(dataset)


def test_specs():
    text = read(assay.Adam(assay.log(1e-4, 1e-1)))
    assert text.startswith("Adam (adam) learning_rate log(0.0001, 0.1)")
    frame = pl.DataFrame({"x": [1, 2], "y": [1, 2]})
    experiment = assay.Experiment(data=frame, target=EVIL, model=[assay.Dense(3)])
    text = read(experiment)
    assert "data (DataFrame)" in text
    assert "model[0].units 3" in text


def test_models_and_runs(quick_run, prices_run):
    text = read(quick_run.model)
    assert "predicts kind from table data" in text
    text = read(prices_run.model)
    assert f"{prices_run.model.num_parameters:,} parameters" in text
    assert "dense1" in text and "relu1" in text
    assert "TEST" in read(prices_run)


class Page:
    """Stands for the page of a notebook, and keeps what it shows."""

    def __init__(self):
        self.outputs = []

    def HTML(self, text):  # noqa: N802
        return text

    def display(self, text, display_id):
        assert display_id
        self.outputs.append([text])
        return types.SimpleNamespace(update=self.outputs[-1].append)


@pytest.fixture
def jupyter(monkeypatch):
    """The page of a Jupyter notebook."""
    page, shell = Page(), type("ZMQInteractiveShell", (), {})()
    module = types.SimpleNamespace(get_ipython=lambda: shell, display=page)
    monkeypatch.setitem(sys.modules, "IPython", module)
    return page


def test_a_run_draws_bars_in_a_notebook(jupyter, run_quickly):
    assay.train("iris", model="linear", num_epochs=2, trials=1, runs=None)
    (drawn,) = jupyter.outputs  # each drawing replaces the last
    texts = [Checker(text).text for text in drawn]
    for stage in ("data", "tune", "refit", "test"):
        assert stage in texts[-1]
    assert "1 of 1" in texts[-2] or any("1 of 1" in text for text in texts)


def test_messages_are_escaped(jupyter):
    observer = NotebookProgress()
    observer.note(EVIL)
    observer.stage(EVIL, EVIL)
    observer.progress(1, 3, EVIL)
    observer.finding(assay.Finding("code", "warning", EVIL))
    observer.finding(assay.Finding("code", "info", "hidden"))
    for text in jupyter.outputs[0]:
        assert "hidden" not in Checker(text).text


def test_marimo_replaces_the_output_of_the_cell(monkeypatch):
    shown = []
    output = types.SimpleNamespace(replace=shown.append)
    module = types.SimpleNamespace(
        running_in_notebook=lambda: True, output=output, Html=lambda text: text
    )
    monkeypatch.setitem(sys.modules, "marimo", module)
    NotebookProgress().stage("data", "iris")
    assert "iris" in Checker(shown[0]).text


def test_text_elsewhere(capsys, monkeypatch):
    terminal = types.SimpleNamespace(get_ipython=lambda: object())
    monkeypatch.setitem(sys.modules, "IPython", terminal)
    observer = NotebookProgress()
    observer.stage("tune", "3 trials")
    observer.progress(1, 3)
    observer.finding(assay.Finding("code", "warning", "Too few rows."))
    assert capsys.readouterr().out == "tune: 3 trials\nwarning: Too few rows.\n"
    assay.train("iris", model="linear", num_epochs=2, trials=1, runs=None)
    assert capsys.readouterr().out == ""
