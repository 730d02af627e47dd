"""Each protocol is handed to its package, and everything else is refused."""

import importlib.util

import pytest

from assay._errors import InputError
from assay._urls import without_secrets
from assay.data import load, read
from assay.data.sources.remote._connection import Connection
from assay.data.sources.remote._fetch import suffix_of
from assay.data.sources.remote._protocols import PROTOCOLS

CLASSES = {
    "s3": "S3FileSystem",
    "gs": "GCSFileSystem",
    "hf": "HfFileSystem",
    "https": "HTTPFileSystem",
    "http": "HTTPFileSystem",
}


@pytest.mark.parametrize("name", sorted(PROTOCOLS))
def test_each_protocol_uses_its_package_or_says_how_to_install_it(name):
    package = PROTOCOLS[name].package
    url = f"{name}://localhost/datasets/table.csv"
    if importlib.util.find_spec(package) is None:
        with pytest.raises(InputError) as caught:
            read(url)
        assert str(caught.value) == (
            f"Reading {url!r} requires the package {package}, which is not "
            "installed. Run pip install 'assay[remote]'."
        )
    else:
        assert type(Connection(url).files).__name__ == CLASSES[name]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://a.org/t.csv", "The protocol of 'ftp://a.org/t.csv' is unknown."),
        ("s3a://b/t.csv", "Did you mean 's3'?"),
        ("file:///tmp/t.csv", "is a local file. Pass its path, '/tmp/t.csv'."),
        ("FILE:///tmp/my%20t.csv", "Pass its path, '/tmp/my t.csv'."),
        ("zip://t.csv::s3://b/t.zip", "is unknown."),
        ("http://a.org/t.csv", "Use https://."),
        ("http://127.0.0.1.a.org/t.csv", "Use https://."),
    ],
)
def test_other_protocols_are_refused(url, message):
    with pytest.raises(InputError) as caught:
        load(url, target="y")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ann:pw@a.org:8/t.csv?sig=1#x", "https://a.org:8/t.csv"),
        ("https://ann:p/w@a.org/t.csv", "https://ann:p/w@a.org/t.csv"),
        ("https://a.org/@me/t.csv", "https://a.org/@me/t.csv"),
        ("https://a.org?sig=1", "https://a.org"),
        ("abfs://key@a/t.csv?sig=1", "abfs://a/t.csv"),
        ("s3://key:secret@bucket/a?b#c.csv", "s3://bucket/a?b#c.csv"),
        ("hf://datasets/me/set@main/t.csv", "hf://datasets/me/set@main/t.csv"),
        ("table.csv?x=1", "table.csv?x=1"),
    ],
)
def test_addresses_are_shown_without_secrets(url, shown):
    assert without_secrets(url) == shown


def test_suffixes_are_those_of_the_path():
    assert suffix_of("https://a.org/t.csv?name=x.parquet") == ".csv"
    assert suffix_of("s3://bucket/a#1.parquet") == ".parquet"
    assert suffix_of("s3://bucket.csv/") == ".csv"
    assert suffix_of("s3://bucket/photos/") == ""
