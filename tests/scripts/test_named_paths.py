"""The tests that scripts, the Makefile and CI name exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHER_FILES = ("Makefile", ".ci/run", "CONTRIBUTING.md")
TESTS = re.compile(r"(?<![\w/])tests/[\w/]+(?:\.py)?")


def test_each_named_test_exists():
    files = [*(ROOT / "scripts").rglob("*.py"), *(ROOT / name for name in OTHER_FILES)]
    named = {name for file in files for name in TESTS.findall(file.read_text())}
    assert {"tests/gpu", "tests/nn/ops/test_dense.py"} <= named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
