"""JSON Lines are read as other programs write them, or the wrong line is named."""

import json

import pandas as pd
import pytest

from assay._errors import InputError
from assay.data import load, read

ROWS = [{"a": 1.5, "y": "u"}, {"a": 2.0, "y": "é"}]
LINES = "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)


def _read(tmp_path, content):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path, encoding):
    assert _read(tmp_path, LINES.encode(encoding)).to_dicts() == ROWS


def test_nan_as_python_writes_it(tmp_path):
    frame = _read(tmp_path, LINES + '\n{"a": NaN, "y": "NaN"}\n')
    assert str(frame["a"][2]) == "nan"
    assert frame["y"].to_list() == ["u", "é", "NaN"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(ROWS), "Line 1 .* is not a JSON object: it is a list"),
        (LINES + "\n\n[1, 2]", "Line 4 .* it is a list"),
        (LINES.replace("\n", ",\n"), "Line 1 .* Extra data.*without commas between"),
        (LINES + '\n{"a": 1,', "Line 3 .* is not a JSON object"),
        (
            LINES + '\n{"a": true, "y": "v"}',
            "mixes types: 'a' contains numbers and booleans.*same type for all",
        ),
        ('{"a": [1]}\n{"a": 3}', "mixes types: 'a' contains lists and numbers"),
        ('{"a": null}\n{"a": {}}\n{"a": [2]}', "'a' contains objects and lists"),
    ],
)
def test_the_wrong_line_is_named(tmp_path, content, message):
    with pytest.raises(InputError, match=message):
        _read(tmp_path, content)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (r'"\ud800a"', r"contains \ud800, which is half of a character"),
        (r'"a\\\uDC00"', r"contains \uDC00, which is half of a character"),
        (r'"\ud800\ud800\udc00"', r"contains \ud800, which is half of a character"),
        ("1e400", "contains the number 1e400, but numbers must be below 1.8e308"),
        ("[1, -1e999]", "contains the number -1e999, but"),
        ("1" + "0" * 5000, f"contains the number 1{'0' * 19}…, but"),
        ('"é"'.encode("cp1252"), "is not UTF-8 text. Save the file again as UTF-8."),
    ],
)
@pytest.mark.parametrize("first", ["", '{"a": NaN, "y": "u"}\n'])
def test_values_that_would_be_changed_are_refused(tmp_path, value, found, first):
    value = value if isinstance(value, bytes) else value.encode()
    rows = f"{first}{LINES}\n".encode()
    with pytest.raises(InputError) as caught:
        _read(tmp_path, rows + b'{"a": 1, "b": ' + value + b', "y": "u"}\n')
    assert f"Line {3 + bool(first)} of " in str(caught.value)
    assert found in str(caught.value)


def test_whole_characters_are_read(tmp_path):
    words = ["\U0001f600", r"\ud800", "\0a"]
    content = "\n".join(json.dumps({"a": word}) for word in words)
    assert r"\ud83d\ude00" in content
    assert _read(tmp_path, content)["a"].to_list() == words


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (LINES + '\n{"a": 1, "y": "u", "a": 2}', 3),
        ('{"a": NaN, "a": 2, "y": "u"}\n' + LINES, 1),
        ('{"a": [1], "y": "u", "a": [2]}', 1),
        (40_000 * (LINES + "\n") + '{"a": 1, "y": "u", "a": 2}', 80_001),
    ],
)
def test_an_object_with_a_key_twice_is_refused(tmp_path, content, line):
    with pytest.raises(InputError, match=f"Line {line} .* has the key 'a' more than"):
        _read(tmp_path, content)


def test_keys_may_be_missing_and_occur_in_values(tmp_path):
    rows = [{"a": 1}, {"y": '"a":"b":'}, {"a": 2, "y": '"y":"a":"y":'}]
    content = "\n".join(map(json.dumps, rows)).replace(": ", ":")
    assert _read(tmp_path, content)["a"].to_list() == [1, None, 2]


@pytest.mark.parametrize("levels", [9, 300, 100_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"b": ', "}"), ("[", "")])
def test_deeply_nested_values_are_refused(tmp_path, levels, start, end):
    row = f'\n{{"a": {start * levels}1{end * levels}, "y": "u"}}'
    with pytest.raises(InputError, match="Line 3 .* more than 8 levels deep"):
        _read(tmp_path, LINES + row)


def test_brackets_in_text_are_not_levels(tmp_path):
    rows = [{"a": "[" * 50 + '"{', "y": [[[[[[[1]]]]]]]}, {"a": "{", "y": [[[[[]]]]]}]
    content = "\n".join(map(json.dumps, rows))
    assert _read(tmp_path, content).to_dicts() == rows


def test_whole_columns_in_one_object_are_explained(tmp_path):
    path = tmp_path / "a.jsonl"
    frame = pd.DataFrame({"w": [1.5, 2.5, 0.5], "y": ["u", "v", "u"]})
    for orient in ("columns", "list"):
        data = frame.to_dict(orient="list") if orient == "list" else frame.to_dict()
        path.write_text(json.dumps(data))
        with pytest.raises(InputError) as caught:
            load(path, target="y")
        code = str(caught.value).partition("per line: ")[2].removesuffix(" in pandas.")
        code = code.replace("'a", f"'{tmp_path}/a")
        eval(code, {"pd": pd})
        assert load(tmp_path / "a-rows.jsonl", target="y").num_examples == 3
    path.write_text('{"w": [1.5, 2.5, 0.5]}\n')  # a series to predict
    assert read(path).height == 1
