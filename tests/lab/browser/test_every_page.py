"""Every page opens on every screen size, without problems that tools can detect."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assay.lab.units._registry import UNITS

PAGES = [
    "runs",
    "runs/+start",
    "runs/+compare?runs=iris-1,iris-2,diabetes-1",
    "runs/iris-1",
    "runs/digits-1",
    "runs/diabetes-1",
    "runs/iris-1/predict",
    "runs/digits-1/predict",
    "runs/nothing-1",
    "nowhere",
    "subject",
    *(f"units/{unit}" for unit in UNITS),
]
SCREENS = [(360, "dark"), (1024, "light"), (2560, "dark")]
FIRST_PAINT = """() => new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
        for (const paint of list.getEntriesByName('first-contentful-paint'))
            resolve(paint.startTime);
    });
    observer.observe({ type: 'paint', buffered: true });
})"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_fits_and_axe_finds_nothing(visit, path):
    window = visit()
    window.expects_refusals = path == "runs/nothing-1"
    page = window.go(path)
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        window.settle()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} pixels wide on {width}"
        keep_picture(page, f"{path}-{width}-{scheme}")
        if width < 2000:
            assert window.axe() == []


def keep_picture(page, name):
    """Save a screenshot of the page if the user has requested it."""
    if folder := os.environ.get("ASSAY_SCREENSHOTS"):
        name = "".join(c if c.isalnum() else "-" for c in name)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_forced_colors_and_zoom_keep_the_figures(visit):
    window = visit(forced_colors="active", viewport={"width": 640, "height": 400})
    page = window.go("runs/iris-1")
    window.settle()
    expect(page.get_by_role("application", name="Cost by epoch")).to_be_visible()
    assert window.axe() == []


def test_the_first_paint_is_fast(visit):
    page = visit().go("runs")
    assert page.evaluate(FIRST_PAINT) > 0  # a benchmark measures the exact time


def test_without_the_token_there_is_only_an_explanation(chromium, lab):
    page = chromium.new_page()
    page.goto(lab.address.partition("?")[0])
    expect(page.locator("h1")).to_contain_text("token is missing")
    page.close()
