"""Fixtures for a data folder, servers that provide it, and a download folder."""

import numpy as np
import polars as pl
import pytest
from PIL import Image
from remote_servers import object_store, web_server

NUM_ROWS = 60
FORMATS = ("csv", "parquet", "arrow", "jsonl")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder that contains a table in several formats and a folder of images."""
    folder = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "size": random.normal(size=NUM_ROWS),
            "color": random.choice(["red", "blue"], NUM_ROWS),
            "y": random.choice(["a", "b"], NUM_ROWS),
        }
    )
    table.write_csv(folder / "table.csv")
    table.write_parquet(folder / "table.parquet")
    table.write_ipc(folder / "table.arrow")
    table.write_ndjson(folder / "table.jsonl")
    np.savez(folder / "table.npz", X=random.normal(size=(40, 3)), y=np.arange(40) % 2)
    for number in range(12):
        place = folder / "photos" / ("cat" if number % 2 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 255, (4, 4), np.uint8)
        Image.fromarray(pixels).save(place / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def web(data):
    """A web server that serves the data folder."""
    pytest.importorskip("aiohttp")
    with web_server(data) as server:
        yield server


@pytest.fixture(scope="module")
def store(data):
    """An object store that contains the data folder."""
    with object_store() as server:
        server.put_folder("bucket", data)
        yield server


@pytest.fixture(autouse=True)
def downloads(tmp_path, monkeypatch):
    """The download folder of a single test."""
    folder = tmp_path / "downloads"
    monkeypatch.setenv("ASSAY_DOWNLOADS", str(folder))
    return folder
