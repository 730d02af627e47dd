"""The benchmark of native code paths measures every module that uses the extension."""

import re
from pathlib import Path

from benchmarks.native_paths import paths

SOURCE = Path(__file__).parents[2] / "src"
ASKS = re.compile(r"from assay\.extension import [^\n]*\b(available|usable)\b")


def test_each_module_that_may_use_the_extension_is_measured():
    modules = [
        ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for path in SOURCE.rglob("*.py")
        if ASKS.search(path.read_text())
    ]
    measured = {name for path in paths() for name in path.off if "_" in name}
    assert [m for m in modules if not m.endswith((*measured,))] == []
    assert [n for n in measured if not any(m.endswith(n) for m in modules)] == []
