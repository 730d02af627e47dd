"""Connects to remote sources through fsspec."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.data.sources.remote._failures import report_failures
from assay.data.sources.remote._protocols import PROTOCOLS, protocol_for

__all__ = ["Connection"]

_CONNECT_SECONDS, _READ_SECONDS = 20, 60  # maximum time without a response


class Connection:
    """Reads from one URL, and raises errors that reveal no secrets.

    Args:
        url: URL of a file or a folder.

    Raises:
        InputError: the protocol is unknown, or a package is not installed.
    """

    def __init__(self, url: str) -> None:
        self.protocol = protocol_for(url)
        self._url = url
        with report_failures(url, self.protocol):
            self.files = _file_system(url, self.protocol.name)
            is_web = not self.protocol.has_folders
            self._path: str = url if is_web else self.files._strip_protocol(url)

    def info(self) -> Mapping[str, Any]:
        """Return the server's metadata for the file or folder."""
        with report_failures(self._url, self.protocol):
            return self.files.info(self._path)

    def find(self) -> dict[str, Mapping[str, Any]]:
        """Return the server's metadata for each file in a folder, by relative path."""
        with report_failures(self._url, self.protocol):
            found = self.files.find(self._path, detail=True)
        return {
            name.removeprefix(self._path).lstrip("/"): info
            for name, info in sorted(found.items())
            if info["type"] == "file" and not name.endswith("/")
        }

    def download(self, path: Path, check: Callable[[int], None]) -> None:
        """Download the file to a path.

        Args:
            path: path of the local file.
            check: function called with the number of bytes read so far; it raises an
                error if there are too many.
        """
        with report_failures(self._url, self.protocol):
            from fsspec.callbacks import Callback

            hooks = {"check": lambda size, value, **_: check(value)}
            self.files.get_file(self._path, str(path), callback=Callback(hooks=hooks))

    def download_all(self, names: Sequence[str], paths: Sequence[Path]) -> None:
        """Download files from the folder to local paths.

        Args:
            names: names of the files in the remote file system.
            paths: path of the local copy of each file.
        """
        for folder in {path.parent for path in paths}:
            folder.mkdir(parents=True, exist_ok=True)
        with report_failures(self._url, self.protocol):
            self.files.get(list(names), [str(path) for path in paths])


def _file_system(url: str, protocol: str) -> Any:
    import fsspec

    # Without a handler, Python prints what the package logs, such as tracebacks.
    logging.getLogger(PROTOCOLS[protocol].package).addHandler(logging.NullHandler())
    options: dict[str, Any] = {}
    if protocol in ("http", "https"):
        import aiohttp

        # The default timeout would end every download after 5 minutes.
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=_CONNECT_SECONDS, sock_read=_READ_SECONDS
        )
        options["client_kwargs"] = {"timeout": timeout, "trust_env": True}
        # A signed URL must be sent unchanged.
        options["encoded"] = url.isascii() and " " not in url
    files = fsspec.filesystem(protocol, **options)
    files.invalidate_cache()  # listings are cached, but files may have changed
    return files
