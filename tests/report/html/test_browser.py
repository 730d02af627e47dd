"""A browser parses the report without changing its structure."""

import shutil
import subprocess

import pytest

from assay.report import REPORT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.mark.browser
@pytest.mark.slow
def test_browser_finds_nothing_to_mend(make_run, report_of, take_apart, tmp_path):
    """A browser would move, add or drop elements of an invalid page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    folder = make_run("multiclass")
    page = report_of(folder)
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += [
        "--disable-background-networking",
        f"--user-data-dir={tmp_path / 'user'}",
    ]
    address = folder.path_of(REPORT).resolve().as_uri()
    done = subprocess.run(
        [*command, "--dump-dom", address], capture_output=True, timeout=120, check=True
    )
    dumped = take_apart(done.stdout.decode())
    assert dumped.elements == page.elements
