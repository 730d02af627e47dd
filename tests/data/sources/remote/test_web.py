"""Tables on a web server are read like those on disk, and secrets are not shown."""

import os
import time
from collections import namedtuple

import numpy as np
import psutil
import pytest
from remote_servers import SECRET

from assay._errors import InputError
from assay.data import load, read, split
from assay.data.sources.remote import _copies


def _same(given, wanted):
    assert given.fingerprint == wanted.fingerprint
    assert given.name == wanted.name
    assert split(given, seed=3).hash == split(wanted, seed=3).hash


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "jsonl", "npz"])
def test_a_table_equals_the_one_on_disk(suffix, web, data):
    target = None if suffix == "npz" else "y"
    given = load(web.url(f"table.{suffix}"), target=target)
    _same(given, load(data / f"table.{suffix}", target=target))
    assert given.source == web.url(f"table.{suffix}")


def test_parquet_is_streamed_from_its_copy(web, data, downloads):
    given = load(web.url("table.parquet"), target="y", stream=True)
    _same(given, load(data / "table.parquet", target="y"))
    assert given.stream.paths[0].is_relative_to(downloads)
    assert given.source == web.url("table.parquet")


def test_a_copy_is_used_until_the_file_changes(web, data):
    path = data / "changing.csv"
    path.write_bytes((data / "table.csv").read_bytes())
    before = load(web.url("changing.csv"), target="y")
    web.requests.clear()
    again = load(web.url("changing.csv"), target="y")
    assert (again.fingerprint, web.requests) == (before.fingerprint, ["HEAD"])
    path.write_text(path.read_text().replace("red", "RED"))
    os.utime(path, (time.time(), time.time() + 5))
    assert load(web.url("changing.csv"), target="y").fingerprint != before.fingerprint


@pytest.mark.parametrize("stream", [False, True, "auto"])
def test_one_load_asks_for_the_version_once(web, data, stream):
    web.requests.clear()
    given = load(web.url("table.parquet"), target="y", stream=stream)
    assert web.requests == ["HEAD", "GET"]
    _same(given, load(data / "table.parquet", target="y"))


def test_a_file_without_a_version_is_read_once_in_a_process(web, data):
    web.requests.clear()
    for _ in range(2):
        given = load(web.url("unversioned/table.csv"), target="y")
        _same(given, load(data / "table.csv", target="y"))
    assert web.requests == ["HEAD", "GET", "HEAD"]


def test_the_query_tells_files_without_an_exact_version_apart(web, downloads):
    for query in ("id=1", "id=2", "id=1"):
        load(web.url(f"table.csv?{query}"), target="y")
    assert len([*downloads.glob("*/table.csv")]) == 2


@pytest.mark.parametrize(
    ("path", "user"),
    [
        ("private/table.csv", f"ann:{SECRET}"),
        (f"signed/table.csv?signature={SECRET}", ""),
    ],
)
def test_secrets_open_the_file_but_are_not_kept(path, user, web, downloads):
    dataset = load(web.url(path, user=user), target="y")
    assert dataset.num_examples == 60
    assert dataset.source == web.url(path.partition("?")[0])
    assert not any(SECRET in str(path) for path in downloads.rglob("*"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent.csv", "Nothing was found at {}. Check the spelling of the URL."),
        ("denied/table.csv", "Access to {} was denied. Write a user name and password"),
        ("private/table.csv", "Access to {} was denied."),
        ("failing/table.csv", "{} could not be read (ClientResponseError, 500)."),
        ("cut/table.csv", "The connection to {} failed ("),
        ("photos", "{} does not have the suffix of a format that can be read from a "),
        ("X.npy", "{} does not have the suffix of a format that can be read from a "),
    ],
)
def test_failures_name_the_address_without_secrets(path, message, web):
    url = web.url(f"{path}?signature={SECRET}x", user=f"eve:{SECRET}x")
    with pytest.raises(InputError) as caught:
        load(url, target="y")
    shown = repr(web.url(path))
    assert str(caught.value).startswith(message.format(shown))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_refused_connection_is_one_message():
    with pytest.raises(InputError, match=r"failed \(ConnectionRefusedError\)"):
        read("http://127.0.0.1:1/table.csv")


def test_errors_in_the_file_name_its_address(web, data):
    (data / "empty.csv").write_text("")
    with pytest.raises(InputError) as caught:
        load(web.url("empty.csv"), target="y")
    assert repr(web.url("empty.csv")) in str(caught.value)


def test_sizes_are_checked_before_the_file_is_read(web, monkeypatch, downloads):
    memory = namedtuple("memory", "available")(100)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    web.requests.clear()
    with pytest.raises(InputError, match="needed_gigabytes"):
        load(web.url("table.csv"), target="y")
    assert web.requests == ["HEAD"]
    disk = namedtuple("disk", "free")(100)
    monkeypatch.setattr(_copies.shutil, "disk_usage", lambda folder: disk)
    with pytest.raises(InputError, match="`gigabytes <= 0.00` must hold"):
        load(web.url("table.parquet"), target="y")
    assert "GET" not in web.requests


def test_copies_that_nobody_uses_are_removed(web, downloads):
    load(web.url("table.csv"), target="y")
    (old,) = (path for path in downloads.iterdir() if path.is_dir())
    os.utime(old, (0, 0))
    load(web.url("table.jsonl"), target="y")
    assert not old.exists()
    assert np.shape(list(downloads.glob("*/table.jsonl"))) == (1,)
