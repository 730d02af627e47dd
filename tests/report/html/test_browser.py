"""The report opens from a file in a browser, with and without its script."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect, sync_playwright

from assay.report import REPORT, write_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
FIGURES = {
    "multiclass": ["Result compared with the baselines", "Cost by epoch", "Trials"],
    "regression": [
        *("Result compared with the baselines", "Cost by epoch", "Trials"),
        "Predictions against true values on test",
        "Residuals against predictions on test",
        "Distribution of the residuals on test",
    ],
}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium; without one, the tests are skipped."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        message = f"needs one of {', '.join(BROWSERS)} on the PATH"
        if os.environ.get("ASSAY_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_report(chromium):
    """Return a function that opens the report of a run; nothing may go wrong."""
    contexts, problems = [], []

    def open_(folder, **options):
        write_report(folder)
        address = folder.path_of(REPORT).resolve().as_uri()
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda r: r.url == address or problems.append(r.url))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert problems == []


def axe(page):
    """Return the faults of accessibility that axe finds."""
    if not AXE.exists():
        pytest.skip("needs axe-core: run npm ci in web/")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def shows(page, words):
    """Wait until the page shows a text that is not hidden."""
    expect(page.locator("main")).to_contain_text(words, use_inner_text=True)


@pytest.mark.parametrize("task", FIGURES)
def test_the_components_of_the_lab_draw_the_report(make_run, open_report, task):
    page = open_report(make_run(task), viewport={"width": 1024, "height": 800})
    for name in FIGURES[task]:
        figure = page.get_by_role("application", name=name, exact=True)
        expect(figure).to_be_visible()
    for words in ("Findings", "→ Add rows.", "cpu:0", "0.003162", "assay show"):
        shows(page, words)
    expect(page.locator("time")).to_have_text("2026-11-28")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    assert axe(page) == []


def test_hostile_names_are_shown_as_they_are(make_run, open_report):
    page = open_report(make_run("multiclass"))
    matrix = page.get_by_role("region", name="Confusion matrix")
    names = ["<img src=x onerror=alert(1)>", "a?[31mred", 'say "cheese" & run']
    expect(matrix.locator("tbody th")).to_have_text(names)
    expect(page.locator("img")).to_have_count(0)


def test_a_perfect_model_and_a_phone(make_run, open_report):
    folder = make_run("regression")
    columns = {name: np.full(4, 3.0) for name in ("row", "target", "prediction")}
    folder.write_parquet("test_predictions.parquet", columns)
    page = open_report(
        folder, viewport={"width": 360, "height": 800}, color_scheme="dark"
    )
    figure = page.get_by_role("application", name="Distribution of the residuals")
    expect(figure).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_facts_can_be_read_without_scripts(make_run, open_report, scheme):
    folder = make_run("multiclass")
    page = open_report(folder, java_script_enabled=False, color_scheme=scheme)
    for words in (
        *("0.900", "95% interval [0.810, 0.945]", "Better than a linear model"),
        *("train 70, val 15, test 15", "linear model", "Classes are few."),
    ):
        shows(page, words)


def test_paper_is_white_whatever_the_screen(make_run, open_report):
    page = open_report(make_run("regression"), color_scheme="dark")
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(html).to_have_attribute("data-theme", "light")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(html).to_have_attribute("data-theme", "dark")
    assert page.pdf().startswith(b"%PDF")
