"""Fixes on the command line work when they are pasted there."""

import json
import re
import shlex
import subprocess

import numpy as np
import pytest

_FIX = re.compile(r"(?:→ |instead: |[Ww]rite (?:a list, such as )?)(--\S.*?)\.?$", re.M)


@pytest.fixture
def visits(tmp_path):
    """Return the name of a table with dates, groups and a column with a line break."""
    rng = np.random.default_rng(0)
    lines = ['visit day,patient_id,"a\nb",x,label']
    for i in range(200):
        day = np.datetime64("2024-01-01") + int(rng.integers(0, 300))
        x = rng.normal()
        lines.append(
            f"{day},p{i // 10},{i % 7 + x:.3f},{x:.3f},{'ab'[int(x > rng.normal())]}"
        )
    (tmp_path / "my visits").mkdir()
    (tmp_path / "my visits" / "t.csv").write_text("\n".join(lines))
    return "my visits/t.csv"


def _pasted(text):
    """Return the words of the fix that a message ends with."""
    fixes = _FIX.findall(text)
    assert fixes, text
    return [shlex.split(fix) for fix in fixes]


def test_fixes_of_findings(command, visits):
    done = command("data", visits, "--target", "label")
    fixes = _pasted(done.out)
    assert fixes == [
        [
            *("--split-by", "group", "--split-column", "patient_id"),
            *("--ignore", "patient_id"),
        ],
        ["--split-by", "time", "--split-column", "visit day"],
    ]
    for words in fixes:
        found = command("data", visits, "--target", "label", *words, "--json")
        assert found.code == 0
        assert json.loads(found.out)["split"]["by"] == words[1]


@pytest.mark.parametrize(
    ("words", "split_by"),
    [
        (["--split-column", "visit day"], "time"),
        (["--split-column", "patient_id"], "group"),
        (["--split-by", "class", "--split-column", "visit day"], "time"),
        (["--split-test", "0.2"], "class"),
        (["--split-train", "0.9"], "class"),
    ],
)
def test_fixes_of_splits(command, visits, words, split_by):
    done = command("data", visits, "--target", "label", *words)
    assert done.code == 2
    (fix,) = _pasted(done.err)
    found = command("data", visits, "--target", "label", *fix, "--json")
    assert json.loads(found.out)["split"]["by"] == split_by


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image-size", "32x32"),
        ("model", "[dense"),
        ("regularizers", "dropout"),
        ("regularizers", "l2"),
        ("augment", "flip"),
        ("learning-rate-of", "0.1"),
        ("kinds", "zip"),
        ("optimizer", "{lr = 0.1}"),
        ("schedule", "dropout"),
    ],
)
def test_fixes_of_settings(command, name, value):
    done = command("train", "digits", f"--{name}", value)
    (message,) = done.faults
    (fix,) = re.findall(r"(?:Write|such as) (--.*)\.$", message)
    done = command("train", "digits", *shlex.split(fix), "--trials", "0")
    (other,) = done.faults  # the experiment was read, and has no other fault
    assert "but got --trials=0" in other


@pytest.mark.parametrize("option", [[], ["--target", "label", "--test-data"]])
def test_paths_with_spaces(command, visits, option):
    source = [visits] if option else []
    done = command("data", *source, *option, *visits.split(" "))
    assert done.faults == [
        "unexpected argument 'visits/t.csv'. If the path contains spaces, write "
        "'my visits/t.csv'."
    ]
    rest = [] if option else ["--target", "label"]
    assert command("data", *source, *option, visits, *rest).code == 0
    done = command("data", "my", "other.csv")
    assert done.faults[0].endswith("`assay data --help` lists all options.")


def test_local_urls(command, visits, tmp_path):
    url = (tmp_path / visits).as_uri()
    assert " " not in url
    (message,) = command("data", url, "--target", "label").faults
    (path,) = shlex.split(re.findall(r"Pass its path, (.*)\.$", message)[0])
    assert command("data", path, "--target", "label").code == 0


def test_names_with_line_breaks(command, visits):
    (message,) = command("data", visits, "--target", "lbl").faults
    assert r"The columns are visit day, patient_id, a\nb, x, label." in message
    (message,) = command(
        "data",
        visits,
        "--target",
        "label",
        "--split-by",
        "class",
        "--split-column",
        "a\nb",
    ).faults
    fix = re.findall(r"Write (--.*)\.$", message)[0]
    words = subprocess.run(
        ["bash", "-c", rf"printf '%s\0' {fix}"], capture_output=True, check=True
    )
    assert words.stdout.decode().split("\0")[:-1] == [
        *("--split-by", "group", "--split-column", "a\nb"),
    ]
