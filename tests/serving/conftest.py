"""Fixtures for finished runs on all kinds of inputs, each served on a free port."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
import polars as pl
import pytest

import assay
from assay.serving._server import Service, make_service

QUICK: dict[str, Any] = {"model": "linear", "num_epochs": 2, "trials": 1, "seed": 1}


def train(data: Any, folder: Any, **options: Any) -> assay.Run:
    """Train as quickly as possible."""
    return assay.train(data, out=folder / "runs" / "small-1", **(QUICK | options))


def cells_frame(num_rows: int = 80) -> pl.DataFrame:
    """Draw a table with all kinds of columns and two classes."""
    rng = np.random.default_rng(0)
    size = rng.normal(10, 3, num_rows)
    return pl.DataFrame(
        {
            "size": [None if row % 11 == 0 else v for row, v in enumerate(size)],
            "color": [("red", "green", "blue")[row % 3] for row in range(num_rows)],
            "active": [bool(row % 2) for row in range(num_rows)],
            "day": [f"2024-0{1 + row % 9}-1{row % 7}" for row in range(num_rows)],
            "kind": np.where(size > 10, "malign", "benign"),
        }
    )


@pytest.fixture(scope="session")
def cells() -> pl.DataFrame:
    """The inputs of the table."""
    return cells_frame().drop("kind")


@pytest.fixture(scope="session")
def cells_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A run with all kinds of columns and two classes."""
    return train(cells_frame(), tmp_path_factory.mktemp("cells"), target="kind")


@pytest.fixture(scope="session")
def iris_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A run with four numeric columns and three classes."""
    return train("iris", tmp_path_factory.mktemp("iris"))


@pytest.fixture(scope="session")
def prices_run(tmp_path_factory: pytest.TempPathFactory) -> assay.Run:
    """A run whose target is a number."""
    return train("diabetes", tmp_path_factory.mktemp("prices"))


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """Gray images (n, 5, 4, 1)."""
    return np.random.default_rng(0).integers(0, 256, (60, 5, 4, 1)).astype(np.uint8)


@pytest.fixture(scope="session")
def images_run(
    tmp_path_factory: pytest.TempPathFactory, images: np.ndarray
) -> assay.Run:
    """A run on images with two classes."""
    y = np.where(np.arange(len(images)) % 2, "odd", "even")
    return train((images, y), tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="session")
def series() -> list[np.ndarray]:
    """Sequences (steps, 2) of different lengths."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=(5 + n % 4, 2)).astype(np.float32) for n in range(60)]


@pytest.fixture(scope="session")
def series_run(
    tmp_path_factory: pytest.TempPathFactory, series: list[np.ndarray]
) -> assay.Run:
    """A run on sequences of different lengths."""
    model = [assay.LSTM(3)]
    y = np.where(np.arange(len(series)) % 2, "odd", "even")
    return train((series, y), tmp_path_factory.mktemp("series"), model=model)


Serve = Callable[..., Any]


@contextmanager
def served(run: assay.Run, **options: Any) -> Iterator[tuple[httpx.Client, Service]]:
    """Context manager that serves a run and yields a client."""
    service = make_service(run, port=0, **options)
    thread = threading.Thread(target=service.run)
    thread.start()
    token = service.token
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    port = service.listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
            client.get("/health")  # returns when all programs have been compiled
            yield client, service
    finally:
        service.server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """A context manager that serves a run."""
    return served


@pytest.fixture(scope="module")
def cells_client(cells_run: assay.Run) -> Iterator[httpx.Client]:
    """A client of the server for `cells_run`."""
    with served(cells_run) as (client, _):
        yield client


@pytest.fixture(scope="module")
def iris_client(iris_run: assay.Run) -> Iterator[httpx.Client]:
    """A client of the server for `iris_run`."""
    with served(iris_run) as (client, _):
        yield client
