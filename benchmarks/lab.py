"""Measure the lab in a headless Chromium.

    python -m benchmarks.lab

Prints the size of the build, the time to first paint, the time to list 500 runs, the
frame rate of a chart with 100,000 changing points, and the memory use of a page that
has received the records of three hours of training. Requires Chromium, Playwright and
Node.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import assay
from assay.lab._server import Lab, make_lab

WEB = Path(__file__).parents[1] / "web"
STATIC = Path(assay.__file__).parent / "lab/static"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NUM_RUNS = 500
HOURS = 3
LINES_A_SECOND = 25

__all__ = ["LINES_A_SECOND", "copy_runs", "line", "points"]


def main() -> int:
    """Measure everything and print one line for each figure."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"One of {', '.join(BROWSERS)} must be on the PATH.", file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    _print("build, compressed", _build_bytes() / 1000, "kB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        runs = Path(folder)
        assay.train("iris", model="linear", num_epochs=5, trials=2, runs=runs)
        copy_runs(runs)
        live = _write_long_training(runs)
        lab = make_lab(runs, port=0)
        thread = threading.Thread(target=lab.run)
        thread.start()
        chromium = playwright.chromium.launch(
            executable_path=browser,
            args=["--no-sandbox", "--enable-precise-memory-info"],
        )
        try:
            _measure(chromium, lab, live)
        finally:
            chromium.close()
            lab.server.should_exit = True
            thread.join()
    return 0


def _build_bytes() -> int:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in files)


def copy_runs(runs: Path, count: int = NUM_RUNS) -> None:
    """Fill the folder with runs that have all records."""
    for number in range(2, count + 1):
        shutil.copytree(runs / "iris-1", runs / f"iris-{number}")


def _write_long_training(runs: Path) -> Path:
    """Write three hours of live records and return the path of the file."""
    folder = runs / "long-1"
    shutil.copytree(runs / "iris-1", folder)
    for name in ("run.json", "events.jsonl"):
        (folder / name).unlink()
    count = HOURS * 3600 * LINES_A_SECOND
    with open(folder / "live.jsonl", "w") as file:
        file.write(line(kind="process", seconds=0, pid=os.getpid()))
        fit = {"iteration": 0, "num_iterations": 10**8, "iterations_per_epoch": 100}
        file.write(line(kind="fit", seconds=0, fit="trial-0", **fit))
        for number in range(count):
            file.write(points(number))
    return folder / "live.jsonl"


def points(number: int) -> str:
    """Return a line of the live log that contains eight iterations."""
    iterations = list(range(8 * number + 1, 8 * number + 9))
    costs = [1 / at + (at * 7919 % 97) / 970 for at in iterations]
    seconds = number / LINES_A_SECOND
    values = {"iteration": iterations, "cost": costs, "learning_rate": [0.1] * 8}
    return line(kind="iterations", seconds=seconds, fit="trial-0", **values)


def line(**fields: Any) -> str:
    """Return a record as a line of the live log."""
    return json.dumps(fields, separators=(",", ":")) + "\n"


def _measure(chromium: Any, lab: Lab, live: Path) -> None:
    page = chromium.new_page()
    page.goto(lab.address + "#/runs")
    page.get_by_text("runs, some in training").wait_for()
    for name in ("first-paint", "first-contentful-paint"):
        entry = f"performance.getEntriesByName('{name}')[0]?.startTime"
        _print(name.replace("-", " "), page.evaluate(entry), "ms")
    _print(f"{NUM_RUNS} runs, first list", _list_seconds(page), "s")
    _print(f"{NUM_RUNS} runs, next list", _list_seconds(page), "s")
    page.goto(lab.address.partition("?")[0] + "#/runs/long-1")
    started = time.perf_counter()
    page.get_by_role("application", name="Cost by iteration").wait_for(timeout=120_000)
    _print(f"opening a page with {HOURS} h", time.perf_counter() - started, "s")
    _print("lines drawn per second", _updates_a_second(page, live), "1/s")
    memory = page.evaluate("performance.memory.usedJSHeapSize")
    _print(f"memory of a page with {HOURS} h", memory / 1e6, "MB")
    _print("100,000 points", _frames_a_second(chromium), "frames/s")


def _list_seconds(page: Any) -> float:
    return page.evaluate(
        """async () => {
            const started = performance.now();
            await (await fetch('/api/runs')).json();
            return (performance.now() - started) / 1000;
        }"""
    )


def _updates_a_second(page: Any, live: Path, seconds: float = 4) -> float:
    """Return the number of page updates per second while a run writes its records."""
    page.evaluate(
        """() => {
            window.changes = 0;
            const said = document.querySelector('section[aria-label=Fit] .soft');
            const observer = new MutationObserver(() => (window.changes += 1));
            const all = {characterData: true, childList: true, subtree: true};
            observer.observe(said, all);
        }"""
    )
    first = HOURS * 3600 * LINES_A_SECOND
    with open(live, "a", buffering=1) as file:
        for number in range(int(seconds * LINES_A_SECOND)):
            file.write(points(first + number))
            page.wait_for_timeout(1000 / LINES_A_SECOND)
    return page.evaluate("window.changes") / seconds


def _frames_a_second(chromium: Any) -> float:
    """Return the frame rate of a chart with 100,000 changing points."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "vite", "build", "--outDir", folder, "--logLevel", "error"]
        environment = os.environ | {"ASSAY_BENCH": "1"}
        subprocess.run(command, cwd=WEB, env=environment, check=True)
        handler = partial(SilentHandler, directory=folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = chromium.new_page()
            page.goto(f"http://127.0.0.1:{server.server_port}/bench.html")
            rate = page.locator("output:not(:empty)").inner_text(timeout=60_000)
            server.shutdown()
    return float(rate)


class SilentHandler(SimpleHTTPRequestHandler):
    """Serves files without printing each request."""

    def log_message(self, *args: Any) -> None:
        """Print nothing."""


def _print(name: str, value: float, unit: str) -> None:
    print(f"{name:<28}{value:>10.2f} {unit}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
