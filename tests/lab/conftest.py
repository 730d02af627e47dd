"""Fixtures that serve the lab to clients in this process."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import httpx
import pytest

import assay
from assay.lab._app import make_app
from assay.lab.runs._folder import set_root

PORT = 8765
TOKEN = "a-secret"


class Client:
    """Sends requests to an application in this process, and stores cookies."""

    def __init__(self, app: Any, **headers: str) -> None:
        self.app = app
        self.headers = headers
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return the response to a request."""
        options["headers"] = self.headers | options.get("headers", {})
        return asyncio.run(self._send(method, path, options))

    async def _send(
        self, method: str, path: str, options: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        address = f"http://127.0.0.1:{PORT}"
        async with httpx.AsyncClient(
            transport=transport, base_url=address, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **options)
            self.cookies = client.cookies
            return answer

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    put = partialmethod(request, "PUT")
    delete = partialmethod(request, "DELETE")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """The runs folder, which is empty at first."""
    runs = tmp_path / "runs"
    runs.mkdir()
    set_root(runs)
    yield runs
    set_root(Path("runs"))


@pytest.fixture
def make_client(root: Path) -> Callable[..., Client]:
    """A function that returns a client of a new application."""
    return lambda **headers: Client(make_app(token=TOKEN, port=PORT), **headers)


@pytest.fixture
def stranger(make_client: Callable[..., Client]) -> Client:
    """A client that does not have the token."""
    return make_client()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    """A client that has the token."""
    return make_client(**{"X-Assay-Token": TOKEN})


def train_all(runs: Path) -> None:
    """Train two runs on iris with different seeds, one regression and one image run."""
    options = {"model": "linear", "num_epochs": 5, "trials": 2, "runs": runs}
    for seed in (0, 1):
        assay.train("iris", seed=seed, **options)
    assay.train("diabetes", **options)
    assay.train("digits", **options)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the finished runs of `train_all`.

    If the tests are distributed over several processes, they share the folder.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # a folder shared by all processes
    shared = base / "trained-runs"
    if not shared.exists():
        train_all(made := tmp_path_factory.mktemp("trained"))
        with contextlib.suppress(OSError):  # another process was faster
            made.rename(shared)
    return shared


@pytest.fixture
def with_runs(root: Path, trained: Path) -> Path:
    """The runs folder, with copies of the finished runs."""
    shutil.copytree(trained, root, dirs_exist_ok=True)
    return root
