"""Downloads remote files and folders, and returns their local copies.

A copy is reused as long as the server reports the same version. It is an ordinary file
or folder, so the readers of local data can read it.
"""

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from assay._errors import InputError
from assay._urls import is_url, without_secrets
from assay.data.sources._files import FILE_SUFFIXES
from assay.data.sources.formats._parquet import SUFFIXES as PARQUET
from assay.data.sources.remote._connection import Connection
from assay.data.sources.remote._copies import (
    check_disk,
    find_copy,
    keep_copy,
    keep_while_running,
)
from assay.data.table._image_files import IMAGE_SUFFIXES as IMAGES
from assay.data.table._memory import check_size

__all__ = ["local_path", "suffix_of", "version_cache"]

# Names used by the libraries for the version and the date of an object.
_VERSIONS = ("ETag", "etag", "Content-MD5", "md5Hash", "generation", "blob_id")
_DATES = ("Last-Modified", "LastModified")
_BESIDE = (".npy",)  # formats that may need a second file in the same folder
_ON_DISK = (*PARQUET, *IMAGES)  # formats whose data need not fit in memory


_asked: ContextVar[dict[str, Path] | None] = ContextVar("asked", default=None)


@contextmanager
def version_cache() -> Generator[None, None, None]:
    """Context manager in which each source's version is requested only once."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


@dataclass(frozen=True)
class _Object:
    """A remote file.

    Args:
        name: the name of the file in the remote file system.
        size: number of bytes; None if the server does not report it.
        version: the version and the date reported by the server.
        exact: whether the version identifies the contents; a date alone does not.
    """

    name: str
    size: int | None
    version: tuple[str, ...]
    exact: bool

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> "_Object":
        """Return the object described by a server's metadata."""
        names = [name for name in (*_VERSIONS, *_DATES) if info.get(name)]
        version = tuple(str(info[name]) for name in names)
        exact = any(name in _VERSIONS for name in names)
        return cls(info["name"], info.get("size"), version, exact)

    def is_at(self, path: Path) -> bool:
        """Return whether a path is a complete copy of this object."""
        return path.is_file() and self.size in (None, path.stat().st_size)


def suffix_of(url: str) -> str:
    """Return the suffix of the file at a URL, such as ".csv", or "" for a folder.

    Example:
        >>> suffix_of("https://example.org/table.CSV?download=1")
        '.csv'
    """
    return PurePosixPath(_name_of(url)).suffix.lower()


def local_path(source: Any) -> Any:
    """Return the path of a URL's local copy. Other sources are returned unchanged.

    Raises:
        InputError: the URL cannot be read, or the data does not fit on disk, or in
            memory if its format requires that.
    """
    if not is_url(source):
        return source
    asked = _asked.get()
    if asked is None:
        return _copy(source)
    if source not in asked:
        asked[source] = _copy(source)
    return asked[source]


def _copy(source: str) -> Path:
    connection = Connection(source)
    _check_format(source, has_folders=connection.protocol.has_folders)
    info = connection.info()
    if info["type"] == "directory":
        return _folder(source, connection)
    return _file(source, connection, _Object.of(info))


def _check_format(url: str, *, has_folders: bool) -> None:
    """Raise an InputError if no reader supports the format of a remote file."""
    suffix = suffix_of(url)
    if suffix in _BESIDE or (suffix not in FILE_SUFFIXES and not has_folders):
        known = ", ".join(sorted(FILE_SUFFIXES - {*IMAGES, *_BESIDE}))
        raise InputError(
            f"{without_secrets(url)!r} does not have the suffix of a format that can "
            f"be read from a URL. Supported formats: {known}."
        )


def _file(url: str, connection: Connection, item: _Object) -> Path:
    name, shown = _name_of(url), without_secrets(url)
    # URLs that differ only in the query may point to different files, even if the size
    # and the date are equal.
    version = [shown if item.exact else url, item.size, *item.version]
    if item.version and (copy := find_copy(version, name)) is not None:
        return copy

    def check(num_bytes: int) -> None:
        check_disk(shown, num_bytes)
        if suffix_of(url) not in _ON_DISK:
            check_size(shown, num_bytes)

    def download(path: Path) -> None:
        # The size is checked again, because the server may report none or a wrong one.
        connection.download(path, check)
        _check_complete(shown, [(item, path)])

    check(item.size or 0)
    if not item.version:
        return keep_while_running(version, name, download)
    return keep_copy(version, name, download)


def _folder(url: str, connection: Connection) -> Path:
    name, shown = _name_of(url), without_secrets(url)
    items = {name: _Object.of(info) for name, info in connection.find().items()}
    _check_names(shown, items)
    version = [shown, *((p, i.size, *i.version) for p, i in items.items())]
    if (copy := find_copy(version, name)) is not None:
        return copy

    def download(path: Path) -> None:
        pairs = [(item, path / name) for name, item in items.items()]
        missing = [(item, local) for item, local in pairs if not item.is_at(local)]
        if missing:
            names, paths = zip(*((i.name, local) for i, local in missing), strict=True)
            connection.download_all(names, paths)
        _check_complete(shown, pairs)

    check_disk(shown, sum(item.size or 0 for item in items.values()))
    return keep_copy(version, name, download)


def _check_names(shown: str, names: Iterable[str]) -> None:
    """Raise an InputError if a folder is empty, or a name points outside it."""
    if not names:
        raise InputError(f"The folder {shown!r} is empty. Check the URL.")
    for name in names:
        if ".." in name.replace("\\", "/").split("/"):
            raise InputError(
                f"{shown!r} contains {name!r}, which would be written outside the "
                "download folder. Rename that object."
            )


def _check_complete(shown: str, pairs: Iterable[tuple[_Object, Path]]) -> None:
    if not all(item.is_at(path) for item, path in pairs):
        raise InputError(
            f"The connection to {shown!r} ended before everything was read. Try again."
        )


def _name_of(url: str) -> str:
    """Return the last part of a URL's path, for use as a file name."""
    host, _, path = without_secrets(url).partition("://")[2].partition("/")
    name = path.rstrip("/").rpartition("/")[2] or host
    if url.lower().startswith("http"):
        name = unquote(name)
    name = re.sub(r"[/\\\0]", "_", name)[-200:]
    return "data" if name in ("", ".", "..") else name
