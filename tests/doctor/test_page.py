"""The page about the doctor lists all symptoms and remedies."""

import runpy
from pathlib import Path

_SCRIPT = Path(__file__).parents[2] / "scripts" / "write_doctor_page.py"


def test_the_page_lists_the_members_as_they_are():
    script = runpy.run_path(str(_SCRIPT))
    text = script["PAGE"].read_text()
    assert text == script["page"](text)
