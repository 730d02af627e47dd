"""Fixtures that open the lab in a headless Chromium."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from playwright.sync_api import expect, sync_playwright

from assay.lab._server import Lab, make_lab

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
SECONDS = 90  # the first response of a unit has to wait for compilation
# After the color scheme changes, charts are redrawn a few frames later.
QUIET = """async () => {
    let changed = performance.now();
    const observer = new MutationObserver(() => (changed = performance.now()));
    const all = { subtree: true, childList: true, attributes: true };
    observer.observe(document, { ...all, characterData: true });
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    for (let count = 0; count < 6 || performance.now() - changed < 100; count++)
        await frame();
    observer.disconnect();
}"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests in this folder as browser tests that take several seconds."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def _missing(message: str) -> NoReturn:
    """Skip a test, or let it fail if a browser is required, as in CI."""
    if os.environ.get("ASSAY_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A headless Chromium; if it is not installed, the tests are skipped.

    It is closed after the tests in each file, because Playwright keeps an event loop
    running, so other tests could not start their own.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        _missing(f"needs one of {', '.join(BROWSERS)} on the PATH")
    expect.set_options(timeout=1000 * SECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def runs(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with copies of finished runs, which the tests in a file may change."""
    folder = tmp_path_factory.mktemp("lab") / "runs"
    shutil.copytree(trained, folder)
    return folder


@pytest.fixture(scope="module")
def lab(runs: Path) -> Iterator[Lab]:
    """The lab, served from a thread of this process."""
    made = make_lab(runs, port=0)
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def login(chromium: Any, lab: Lab) -> Any:
    """The cookie that browsers receive at the address printed by the lab."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(lab.address)
        page.locator("main h1").wait_for()
        return context.storage_state()


class Visit:
    """A page of the lab in a browser, with a list of errors that occurred."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.problems: list[str] = []
        self.outside: list[str] = []
        self.expects_refusals = False  # True if error responses are expected
        self._loading: set[Any] = set()
        page.set_default_timeout(1000 * SECONDS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", self._request)
        page.on("requestfinished", self._end_of_request)
        page.on("requestfailed", self._end_of_request)

    def _console(self, message: Any) -> None:
        refused = message.text.startswith("Failed to load resource")
        if refused and self.expects_refusals:
            return
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def _request(self, request: Any) -> None:
        self._loading.add(request)
        origin = self.address.partition("/?")[0]
        if not request.url.startswith((origin, "data:", "blob:")):
            self.outside.append(request.url)

    def _end_of_request(self, request: Any) -> None:
        self._loading.discard(request)

    def go(self, path: str) -> Any:
        """Open a page, given the part of its address after the hash."""
        origin, _, _ = self.address.partition("/?")
        self.page.goto(f"{origin}/#/{path}")
        self.page.locator("main h1").wait_for()
        return self.page

    def settle(self) -> None:
        """Wait until the page has been loaded and no longer changes."""
        latest = time.monotonic() + SECONDS
        self.page.evaluate(QUIET)
        while self._loading:
            assert time.monotonic() < latest, [one.url for one in self._loading]
            self.page.evaluate(QUIET)

    def axe(self) -> list[str]:
        """Return the accessibility problems that axe finds."""
        if not AXE.exists():
            _missing("needs axe-core: run npm ci in web/")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:300]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@pytest.fixture
def visit(chromium: Any, lab: Lab, login: Any) -> Iterator[Callable[..., Visit]]:
    """A function that opens the lab in a new window.

    After the test, the fixture checks that no window has sent requests to other
    servers.
    """
    visits: list[Visit] = []

    def open_window(**options: Any) -> Visit:
        how = {"reduced_motion": "reduce", "storage_state": login} | options
        context = chromium.new_context(**how)
        visits.append(Visit(context.new_page(), lab.address))
        return visits[-1]

    yield open_window
    for one in visits:
        one.page.context.close()
        assert one.outside == []
        assert one.problems == []
