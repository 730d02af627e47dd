"""Numbers and tables are formatted so that they can be compared by eye."""

import pytest

from assay.report._format import WIDTH, entry, figures, seconds, table


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ((0.5,), ["0.500"]),
        ((0.0,), ["0.000"]),
        ((1.0, 0.9), ["1.000", "0.900"]),
        ((0.99996, 0.999), ["0.99996", "0.99900"]),
        ((0.0004,), ["0.000400"]),
        ((0.99999999,), ["1.000000"]),
        ((-0.042,), ["-0.042"]),
        ((54.123, 48.0, 61.7), ["54.12", "48.00", "61.70"]),
        ((1234.5,), ["1,234"]),
        ((None, float("nan"), float("inf")), ["–", "–", "–"]),
    ],
)
def test_figures(values, written):
    assert figures(*values) == written


def test_seconds():
    assert [seconds(s) for s in (0.04, 119.9, 121.0, 3599.0, 7384.0)] == [
        *("0.0 s", "119.9 s", "2 min", "1 h 0 min", "2 h 3 min")
    ]


def test_tables_align_at_the_point():
    rows = [["a", "1.25"], ["bcd", "10"], ["e", "–"]]
    assert table(rows, head=["name", "value"], numbers=[1], indent=1) == [
        " name  value",
        " a      1.25",
        " bcd   10",
        " e      –",
    ]
    assert table([]) == []


def test_options_stay_on_one_line():
    options = """--split-by group --split-column 'a b' --ignore 'it'"'"'s c'"""
    lines = entry("split", f"{'word ' * 11}and write {options}. {'word ' * 20}")
    assert any(options in line for line in lines)
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) == 4
