"""Tables and folders in an object store are read like those on disk."""

import shutil

import polars as pl
import pytest
from remote_servers import SECRET

from assay._errors import InputError
from assay.data import Layout, load, read, row_names


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_table_equals_the_one_on_disk(name, store, data):
    given = load(f"s3://bucket/{name}", target="y")
    wanted = load(data / name, target="y")
    assert (given.fingerprint, given.name) == (wanted.fingerprint, wanted.name)
    assert given.source == f"s3://bucket/{name}"


@pytest.mark.parametrize("stream", [False, True])
def test_a_folder_of_images_equals_the_one_on_disk(stream, store, data):
    given = load("s3://bucket/photos/", stream=stream)
    wanted = load(data / "photos", stream=stream)
    assert (given.fingerprint, given.name) == (wanted.fingerprint, "photos")
    names = row_names("s3://bucket/photos", Layout())
    assert names.to_list() == row_names(data / "photos", Layout()).to_list()


def test_a_folder_is_read_again_when_an_object_changes(store, data, tmp_path):
    store.put_folder("bucket/changing", data / "photos")
    before = load("s3://bucket/changing")
    local = tmp_path / "local"
    shutil.copytree(data / "photos", local)
    shutil.copy(local / "cat" / "3.png", local / "cat" / "1.png")
    store.put_folder("bucket/changing", local)
    after = load("s3://bucket/changing")
    assert after.fingerprint == load(local).fingerprint != before.fingerprint


def test_a_folder_of_parquet_files_is_one_streamed_table(store, data, tmp_path):
    table = pl.read_parquet(data / "table.parquet")
    for number, rows in enumerate((table[:20], table[20:])):
        rows.write_parquet(tmp_path / f"{number}.parquet")
        path = tmp_path / f"{number}.parquet"
        store.put(f"bucket/parts/{number}.parquet", path.read_bytes())
    given = load("s3://bucket/parts", target="y", stream=True)
    assert given.fingerprint == load(table, target="y").fingerprint


def test_an_interrupted_folder_is_continued(store, data, downloads):
    load("s3://bucket/photos")
    (copy,) = (path for path in downloads.iterdir() if path.is_dir())
    (copy / "photos" / "cat" / "1.png").write_bytes(b"half")
    kept = copy / "photos" / "cat" / "3.png"
    kept.touch()
    before = kept.stat().st_mtime_ns
    part = copy.with_name(f"{copy.name}.part")
    copy.rename(part)
    assert load("s3://bucket/photos").fingerprint == load(data / "photos").fingerprint
    assert (copy / "photos" / "cat" / "3.png").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "url", ["s3://bucket/absent.csv", "s3://absent/table.csv", "s3://bucket/absent"]
)
def test_what_is_absent_is_one_message(url, store):
    with pytest.raises(InputError) as caught:
        read(url)
    assert str(caught.value) == (
        f"Nothing was found at {url!r}. Check the spelling of the URL."
    )


def test_denied_access_says_how_to_get_it(store):
    store.allow(0)
    try:
        with pytest.raises(InputError, match="AWS_ACCESS_KEY_ID") as caught:
            read("s3://bucket/table.csv")
    finally:
        store.allow(10**6)
    assert str(caught.value).startswith("Access to 's3://bucket/table.csv' was denied")
    assert SECRET not in str(caught.value)
