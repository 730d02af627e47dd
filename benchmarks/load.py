"""Measure the lab and a server under load for several minutes.

    python -m benchmarks.load [--minutes N] [--clients N] [--pages N] [--runs N]

The lab lists many runs while pages watch a run that writes 25 lines a second. Each page
is a thread that receives server-sent events and requests the list every few seconds.
Clients send requests to the server without pausing. The lab and the server run in
separate processes. Prints the rates, the waiting times, the number of lost or wrong
responses, and the memory use, which should not grow in the second half. The exit code
is 1 if anything was lost.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil

import assay
from benchmarks.lab import LINES_A_SECOND, copy_runs, line, points
from benchmarks.serving import Request, requests_for, serving

_LIST_SECONDS = 5  # interval at which a page requests the list of runs
_SAMPLE_SECONDS = 1
_HEADERS = {"Content-Type": "application/json"}


def main() -> int:
    """Print the results for the lab and the server."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--minutes", type=float, default=10, help="minutes for each of the two tests"
    )
    parser.add_argument(
        "--clients", type=int, default=64, help="number of clients for the server"
    )
    parser.add_argument(
        "--pages", type=int, default=20, help="number of open pages of the lab"
    )
    parser.add_argument(
        "--runs", type=int, default=500, help="number of runs in the lab"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        options = {"model": "linear", "num_epochs": 5, "trials": 2}
        run = assay.train("iris", runs=runs, **options)
        seconds = 60 * asked.minutes
        wrong = _load_server(run, asked.clients, seconds)
        copy_runs(runs, asked.runs)
        lost = _load_lab(runs, asked.pages, seconds)
    return int(wrong + lost > 0)


class Memory(threading.Thread):
    """Samples the memory use of a process until it is stopped.

    Args:
        process: identifier of the process.
    """

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(process)
        self._done = threading.Event()
        self._samples: list[tuple[float, float]] = []

    def run(self) -> None:
        """Record the elapsed minutes and the memory use in MB."""
        while not self._done.wait(_SAMPLE_SECONDS):
            megabytes = self._process.memory_info().rss / 1e6
            self._samples.append((time.monotonic() / 60, megabytes))

    def stop(self) -> str:
        """Return the first and last memory use, and its slope in the second half."""
        self._done.set()
        self.join()
        samples = np.array(self._samples)
        minutes, megabytes = samples[len(samples) // 2 :].T
        slope = np.polyfit(minutes - minutes[0], megabytes, 1)[0]
        first, last = samples[0, 1], samples[-1, 1]
        return f"{first:.0f} to {last:.0f} MB, {slope:+.2f} MB/min in the second half"


class _Sender(threading.Thread):
    """Sends requests to a server until a given time and checks each response."""

    def __init__(self, port: int, requests: Sequence[Request], ends: float) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.num_wrong = 0
        self._requests, self._ends = requests, ends
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        """Send the requests repeatedly."""
        while time.monotonic() < self._ends:
            for request in self._requests:
                started = time.perf_counter()
                self._connection.request("POST", "/predict", request.body, _HEADERS)
                answer = self._connection.getresponse()
                content = answer.read()
                self.seconds.append(time.perf_counter() - started)
                right = answer.status == 200 and request.is_answered_by(content)
                self.num_wrong += not right
        self._connection.close()


def _load_server(run: assay.Run, count: int, seconds: float) -> int:
    """Send requests from many clients and return the number of wrong answers."""
    requests = requests_for(run, "iris", 64, 1)
    with serving(run.path) as (port, process):
        memory = Memory(process)
        memory.start()
        ends = time.monotonic() + seconds
        clients = [_Sender(port, requests[n % 8 :: 8], ends) for n in range(count)]
        _run_all(clients)
        used = memory.stop()
    waits = np.concatenate([client.seconds for client in clients])
    wrong = sum(client.num_wrong for client in clients)
    missing = sum(not client.seconds for client in clients)
    print(f"server, {count} clients, {seconds / 60:g} min")
    print(f"  {len(waits)} requests, {len(waits) / seconds:.0f}/s, {_times(waits)}")
    print(f"  {wrong} wrong, {missing} clients without an answer\n  {used}", flush=True)
    return wrong + missing


class _Page(threading.Thread):
    """Watches a run in the same way as a page of the lab."""

    def __init__(self, address: str, run: str, written: dict[int, float]) -> None:
        super().__init__(daemon=True)
        self.ready = threading.Event()
        self.received: list[int] = []
        self.delays: list[float] = []
        parts = urlsplit(address)
        self._place = (parts.hostname or "", parts.port)
        self._headers = {"X-Assay-Token": parts.query.removeprefix("token=")}
        self._run, self._written = run, written

    def run(self) -> None:
        """Receive events until the run ends."""
        connection = http.client.HTTPConnection(*self._place, timeout=60)
        path = f"/api/runs/{self._run}/stream"
        connection.request("GET", path, headers=self._headers)
        answer = connection.getresponse()
        kind = b""
        for text in iter(answer.readline, b""):
            if text.startswith(b"event: "):
                kind = text[7:].strip()
                self.ready.set()
            if text.startswith(b"data: ") and kind == b"lines":
                self._note(json.loads(text[6:]))
                if self.received and self.received[-1] < 0:
                    return

    def _note(self, records: list[dict]) -> None:
        now = time.monotonic()
        for record in records:
            if record["kind"] == "process_finished":
                self.received.append(-1)
            if record["kind"] == "iterations":
                number = record["iteration"][0] // 8
                self.received.append(number)
                self.delays.append(now - self._written[number])

    def list_runs(self) -> float:
        """Return the time until the list of runs is received."""
        started = time.perf_counter()
        connection = http.client.HTTPConnection(*self._place, timeout=60)
        connection.request("GET", "/api/runs", headers=self._headers)
        connection.getresponse().read()
        connection.close()
        return time.perf_counter() - started


def _load_lab(runs: Path, count: int, seconds: float) -> int:
    """Watch a run from many pages and return the number of lost lines."""
    live = runs / "live-1"
    live.mkdir()
    (live / "experiment.toml").write_text('data = "iris"\n')
    written: dict[int, float] = {}
    with _lab(runs) as (address, process), open(live / "live.jsonl", "a") as log:
        log.write(line(kind="process", seconds=0, pid=process))
        log.flush()
        pages = [_Page(address, live.name, written) for _ in range(count)]
        for page in pages:
            page.start()
        for page in pages:
            page.ready.wait(60)
        memory = Memory(process)
        memory.start()
        lists = _write_lines(log, written, seconds, pages)
        for page in pages:
            page.join(30)
        used = memory.stop()
    wanted = [*range(len(written)), -1]
    lost = sum(len(set(wanted) - set(page.received)) for page in pages)
    disordered = sum(
        page.received != sorted(page.received[:-1]) + [-1] for page in pages
    )
    delays = np.concatenate([page.delays for page in pages])
    number = len([path for path in runs.iterdir() if path.is_dir()])
    print(f"lab, {count} pages, {number} runs, {seconds / 60:g} min")
    rate = len(delays) / seconds
    print(f"  {len(delays)} lines received, {rate:.0f}/s, {_times(delays)}")
    print(f"  {len(lists)} lists of all runs, {_times(np.array(lists))}")
    print(f"  {lost} lines lost, {disordered} pages out of order\n  {used}", flush=True)
    return lost + disordered


@contextmanager
def _lab(runs: Path) -> Iterator[tuple[str, int]]:
    """Context manager that runs a lab and yields its address and process."""
    words = ["lab", "--runs", str(runs), "--no-browser"]
    command = [sys.executable, "-m", "assay", *words]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        yield process.stderr.readline().split()[-1], process.pid
    finally:
        process.terminate()
        process.wait()


def _write_lines(
    log, written: dict[int, float], seconds: float, pages: Sequence[_Page]
) -> list[float]:
    """Write live-log lines while the pages take turns requesting the list of runs."""
    started, lists = time.monotonic(), []
    for number in range(int(seconds * LINES_A_SECOND)):
        due = started + number / LINES_A_SECOND
        time.sleep(max(due - time.monotonic(), 0))
        written[number] = time.monotonic()
        log.write(points(number))
        log.flush()
        every = max(_LIST_SECONDS * LINES_A_SECOND // len(pages), 1)
        if number % every == 0:
            lists.append(pages[number // every % len(pages)].list_runs())
    log.write(line(kind="process_finished", seconds=seconds, reason="finished"))
    log.flush()
    return lists


def _run_all(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _times(seconds: np.ndarray) -> str:
    middle, slow = 1000 * np.percentile(seconds, [50, 99])
    return f"p50 {middle:.1f} ms, p99 {slow:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
