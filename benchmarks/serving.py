"""Measure a model server with many concurrent clients and with a single client.

python -m benchmarks.serving [--clients N] [--requests N] [--rows N]

The server runs in a separate process, as with `assay serve`. Each client is a thread
with one connection, and sends a request as soon as it has received the previous answer.
All answers are compared with `Model.predict`. Prints the number of requests per second
and the median and 99th percentile of the waiting times, for one network on digits and
one on a table.
"""

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

import assay

# Tolerance, because the order of summation may depend on the number of rows.
_TOLERANCE = 1e-5
_HEADERS = {"Content-Type": "application/json"}


__all__ = ["Client", "Request", "requests_for", "serving"]


def main() -> int:
    """Print a line per network and client count; return 1 if any answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--clients", type=int, default=8, help="number of concurrent clients"
    )
    parser.add_argument(
        "--requests", type=int, default=2000, help="total number of requests"
    )
    parser.add_argument("--rows", type=int, default=1, help="rows per request")
    options = parser.parse_args()
    print(f"{'':22}{'clients':>8}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}  wrong")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("digits", "breast_cancer"):
            # The training time does not affect the speed of predictions.
            out = Path(folder) / name
            run = assay.train(name, trials=1, num_epochs=2, out=out)
            requests = requests_for(run, name, options.requests, options.rows)
            with serving(run.path) as (port, _):
                # The first requests are slower, so they are not measured.
                Client(port, requests[:50]).run()
                for clients in (1, options.clients):
                    wrong += _measure(name, port, requests, clients)
    return int(wrong > 0)


class Request:
    """Rows to send and the expected predictions.

    Args:
        body: body of the request.
        wanted: expected predictions (rows, classes).
    """

    def __init__(self, body: bytes, wanted: np.ndarray) -> None:
        self.body = body
        self.wanted = wanted

    def is_answered_by(self, answer: bytes) -> bool:
        """Return whether a response contains the expected predictions."""
        rows = json.loads(answer)["predictions"]
        got = np.array([list(row["probabilities"].values()) for row in rows])
        is_same = got.shape == self.wanted.shape
        return is_same and bool(np.allclose(got, self.wanted, atol=_TOLERANCE))


def requests_for(run: assay.Run, name: str, count: int, rows: int) -> list[Request]:
    """Return requests for random rows of a data set."""
    dataset = assay.data.load(name)
    frame = dataset.frame.select(run.model.preparation.columns)
    wanted = run.predict(dataset)
    if wanted.ndim == 1:
        wanted = np.stack([1 - wanted, wanted], axis=1)
    values = frame.to_dicts()
    places = np.random.default_rng(0).integers(0, frame.height, (count, rows))
    return [
        Request(json.dumps({"rows": [values[p] for p in some]}).encode(), wanted[some])
        for some in places
    ]


@contextmanager
def serving(run: Path) -> Iterator[tuple[int, int]]:
    """Context manager that serves a run and yields the port and the process."""
    command = [sys.executable, "-m", "assay", "serve", str(run), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        port = int(process.stderr.readline().rpartition(":")[2])
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


class Client(threading.Thread):
    """Sends requests one after another over one connection.

    Args:
        port: port of the server on this computer.
        requests: the requests to send.
    """

    def __init__(self, port: int, requests: list[Request]) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.answers: list[bytes] = []
        self._requests = requests
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        """Send the requests, and store the answers and waiting times."""
        for request in self._requests:
            started = time.perf_counter()
            self._connection.request("POST", "/predict", request.body, _HEADERS)
            answer = self._connection.getresponse().read()
            self.seconds.append(time.perf_counter() - started)
            self.answers.append(answer)
        self._connection.close()

    @property
    def num_wrong(self) -> int:
        """Number of requests that did not receive the expected response."""
        pairs = zip(self._requests, self.answers, strict=False)
        right = sum(request.is_answered_by(answer) for request, answer in pairs)
        return len(self._requests) - right


def _measure(name: str, port: int, requests: list[Request], count: int) -> int:
    """Print the results for `count` clients and return the number of wrong answers."""
    clients = [Client(port, requests[n::count]) for n in range(count)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    rate = len(requests) / (time.perf_counter() - started)
    every: Any = np.concatenate([client.seconds for client in clients])
    middle, slow = 1000 * np.percentile(every, [50, 99])
    wrong = sum(client.num_wrong for client in clients)
    figures = f"{count:>8}{rate:>12.0f}{middle:>9.2f}{slow:>9.2f}{wrong:>7}"
    print(f"{name:22}{figures}", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
