"""Control characters in names do not affect the terminal."""

import json
import re
import sys

import polars as pl
import pytest

from assay import data
from assay._terminal import printable, printable_json
from assay.cli import main
from assay.cli.display._progress import Lines
from assay.experiment import load
from assay.records import Finding

ACTING = "\x1b[2J\x07\r\x9b31m\u2028\u202e"
SHOWN = r"\x1b[2J\x07\x0d\x9b31m\u2028\u202e"


@pytest.mark.parametrize(
    "code", [*range(9), 11, 12, *range(14, 32), 127, *range(128, 160), 0xAD, 0x202A]
)
def test_every_control_character_is_shown_as_an_escape(code):
    assert printable(f"a{chr(code)}b").isascii()
    assert printable(f"a{chr(code)}b").isprintable()
    assert json.loads(printable_json(json.dumps(chr(code), ensure_ascii=False))) == chr(
        code
    )


def test_other_text_stays():
    text = "Größe (cm²)\tمقدار 数量 ‍👩‍🔬\n"
    assert printable(text) == printable_json(text) == text


def test_messages_and_progress_are_escaped(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["data", f"no{ACTING}file.csv"]) == 2
    assert main([f"no{ACTING}command"]) == 2
    lines = Lines()
    lines.stage("data", ACTING)
    lines.progress(1, 1, ACTING)
    lines.finding(Finding("a", "warning", ACTING))
    printed = capsys.readouterr().err
    assert printed.count(SHOWN) >= 3
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", printed) is None


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A finished run and new rows whose columns and classes have such names."""
    folder = tmp_path_factory.mktemp("hostile")
    frame = data.load("iris").frame
    frame = frame.rename({frame.columns[0]: f"a{ACTING}"})
    kinds = [f"{row // 50}{ACTING}" for row in range(150)]
    frame = frame.with_columns(pl.Series(f"kind{ACTING}", kinds))
    frame.write_parquet(folder / "rows.parquet")
    words = ["--trials", "1", "--num-epochs", "2", "--model", "linear"]
    words += ["--target", f"kind{ACTING}", "--out", str(folder / "run")]
    assert main(["train", str(folder / "rows.parquet"), *words]) == 0
    return folder


def test_predictions_are_data_except_on_a_terminal(hostile, capsys, monkeypatch):
    words = ["predict", str(hostile / "run"), str(hostile / "rows.parquet")]
    assert main([*words, "-o", str(hostile / "out.csv")]) == 0
    capsys.readouterr()
    assert main(words) == 0
    piped = capsys.readouterr().out
    assert piped == (hostile / "out.csv").read_bytes().decode()
    assert f"probability_0{ACTING}" in piped
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert shown == printable(piped)
    assert f"probability_0{SHOWN}" in shown
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main([*words, "--json"]) == 0
    shown = capsys.readouterr().out
    assert "\x9b" not in shown
    assert f"probability_0{ACTING}" in json.loads(shown)[0]


def test_reports_are_escaped(hostile, capsys):
    run = load(hostile / "run")
    assert main(["show", str(hostile / "run")]) == 0
    for text in (repr(run), run._repr_html_(), capsys.readouterr().out):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert SHOWN in text
