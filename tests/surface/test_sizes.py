"""Each rule of scripts/check_sizes.py can fail, and the message gives the location."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "check_sizes.py"
checks = runpy.run_path(str(SCRIPT))
faults_in, crowded_folders = checks["faults_in"], checks["crowded_folders"]


def faults(source: str, path: str = "src/assay/costs/_huber.py") -> list[str]:
    """Check the text of one source file."""
    return list(faults_in(Path(path), source))


def function(num_lines: int, *, docstring: str = "", indent: str = "") -> str:
    """Write a function with a given number of lines in its body."""
    lines = ["def f():", *([f'    """{docstring}"""'] if docstring else [])]
    lines += ["    x = 1"] * num_lines
    return "".join(f"{indent}{line}\n" for line in lines)


def test_file_may_have_500_lines() -> None:
    assert faults("x = 1\n" * 500) == []
    assert faults("x = 1\n" * 501) == [
        "src/assay/costs/_huber.py:1: the file has 501 lines; the limit is 500"
    ]


def test_body_may_have_60_lines() -> None:
    assert faults(function(60)) == []
    assert faults("import os\n" + function(61)) == [
        "src/assay/costs/_huber.py:2: f has 61 lines; the limit is 60"
    ]


def test_docstring_is_no_part_of_the_body() -> None:
    assert faults(function(60, docstring="One line.\n" + "    more\n" * 40)) == []
    assert faults(function(0, docstring="Only told.")) == []


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_methods_and_coroutines_are_functions(kind: str) -> None:
    body = function(61, indent="    ").replace("def", kind)
    assert len(faults(f"class C:\n{body}")) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        "a, b, c, d",
        "self, a, b, c, d",
        "cls, a, b, c, d",
        "a, b, c, d, *, e, f",
        "a, b, /, c, d=1, *rest, e, **more",
    ],
)
def test_four_may_be_positional(parameters: str) -> None:
    assert faults(f"def f({parameters}): ...") == []


@pytest.mark.parametrize(
    "parameters", ["a, b, c, d, e", "self, a, b, c, d, e=1", "a, /, b, c, d, e, *, g"]
)
def test_five_may_not_be_positional(parameters: str) -> None:
    (fault,) = faults(f"\n\ndef f({parameters}): ...")
    assert fault.startswith("src/assay/costs/_huber.py:3: f has 5 positional")


def test_fixtures_are_handed_in_by_name() -> None:
    source = "def test_f(a, b, c, d, e): ..."
    assert faults(source, "tests/costs/test_huber.py") == []


@pytest.mark.parametrize(
    "path",
    [
        "src/assay/utils.py",
        "src/assay/_helpers.py",
        "src/assay/common/__init__.py",
        "src/assay/nn/_misc.py",
    ],
)
def test_names_that_say_nothing(path: str) -> None:
    (fault,) = faults("", path)
    assert fault.startswith(f"{path}:1: the name does not describe the contents")
    assert faults("", path.replace("src", "tests")) == []


def test_folder_may_have_12_files() -> None:
    folder = Path("src/assay/costs")
    files = [folder / "__init__.py", *(folder / f"_m{n}.py" for n in range(12))]
    assert list(crowded_folders(files)) == []
    (fault,) = crowded_folders([*files, folder / "_more.py"])
    assert fault == "src/assay/costs: 13 files; the limit is 12"
    assert list(crowded_folders(Path("examples") / f.name for f in [*files] * 2)) == []


def test_command_prints_the_faults_and_fails(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(function(3))
    bad = tmp_path / "inner" / "bad.py"
    bad.parent.mkdir()
    bad.write_text(function(61) + "def g(a, b, c, d, e): ...\n")

    def check(path: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(SCRIPT), str(path)]
        return subprocess.run(command, capture_output=True, text=True)

    done = check(tmp_path)
    assert done.returncode == 1
    assert [line.split(":")[1] for line in done.stdout.splitlines()] == ["1", "63"]
    assert (check(tmp_path / "good.py").returncode, done.stderr) == (0, "")
