"""Servers on this computer, for tests of sources on the internet."""

import base64
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

__all__ = ["SECRET", "ObjectStore", "WebServer", "object_store", "web_server"]

_WAIT_SECONDS = 60
SECRET = "hunter2"  # appears in addresses, and may appear nowhere else


class WebServer(ThreadingHTTPServer):
    """Serves a folder at any path, and remembers the requests."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.requests: list[str] = []
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))

    def url(self, path: str, *, user: str = "") -> str:
        """Return the address of a path."""
        return f"http://{user and user + '@'}127.0.0.1:{self.server_port}/{path}"


class _Handler(SimpleHTTPRequestHandler):
    """Answers by the first part of the path: with a file, or in one of many ways."""

    server: WebServer

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def _answer(self, answer) -> None:
        self.server.requests.append(self.command)
        place, _, query = self.path.lstrip("/").partition("?")
        wanted = f"Basic {base64.b64encode(f'ann:{SECRET}'.encode()).decode()}"
        signed = self.command == "GET" and query == f"signature={SECRET}"
        status = {
            "denied": 403,
            "failing": 500,
            "private": 0 if self.headers.get("Authorization") == wanted else 401,
            "signed": 0 if signed else 403,
        }.get(place.partition("/")[0], 0)
        if status:
            self.send_error(status)
        else:
            answer()

    def send_header(self, keyword: str, value: str) -> None:
        first = self.path.split("/")[1]
        if first == "unversioned" and keyword == "Last-Modified":
            return
        if first == "cut" and keyword == "Content-Length":
            value = str(int(value) + 1)
        super().send_header(keyword, value)

    def translate_path(self, path: str) -> str:
        path = path.partition("?")[0]
        return super().translate_path("/" + path.rpartition("/")[2])

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def web_server(folder: Path) -> Iterator[WebServer]:
    """Run a web server for the files of a folder."""
    with WebServer(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class ObjectStore:
    """A server that speaks the protocol of S3."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def create_bucket(self, name: str) -> None:
        """Create a bucket."""
        self._send("PUT", name)

    def put(self, key: str, data: bytes) -> None:
        """Store an object; only its owner may replace it, so the request is signed."""
        import s3fs

        s3fs.S3FileSystem().pipe_file(key, data)

    def put_folder(self, key: str, folder: Path) -> None:
        """Store every file of a folder."""
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            self.put(f"{key}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def allow(self, num_requests: int) -> None:
        """Allow some requests without rights, and deny the following ones."""
        self._send("POST", "moto-api/reset-auth", str(num_requests).encode())

    def _send(self, method: str, path: str, data: bytes = b"") -> None:
        address = f"{self.endpoint}/{path}"
        headers = {"Content-Type": "application/octet-stream"}
        request = urllib.request.Request(address, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=_WAIT_SECONDS):
            pass


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Run a server for objects, and point the libraries to it."""
    for package in ("moto", "flask", "flask_cors", "s3fs"):
        pytest.importorskip(package)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    output = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, *words], **output)
    store = ObjectStore(port)
    settings = {
        "AWS_ENDPOINT_URL": store.endpoint,
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        try:
            _wait_for(store)
            yield store
        finally:
            process.kill()
            process.wait()


def _wait_for(store: ObjectStore) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            store.create_bucket("bucket")
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
