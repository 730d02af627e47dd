"""Stores uploaded files in a temporary folder."""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote

from starlette.requests import Request

from assay._errors import InputError

__all__ = ["keep", "receive", "uploaded"]

_MOST_FILES = 50
_MOST_CHARACTERS = 60  # maximum length of a file name; file systems allow 255 bytes
_files: dict[str, Path] = {}
_folder: list[Path] = []


def _home() -> Path:
    if not _folder:
        _folder.append(Path(tempfile.mkdtemp(prefix="assay-uploads-")))
        atexit.register(shutil.rmtree, _folder[0], ignore_errors=True)
    return _folder[0]


async def receive(request: Request) -> dict[str, str]:
    """Store a request body as a file and return the file's name and path.

    The application limits the size of all requests. The name is the last component of
    the given path. Each sequence of characters other than letters, digits, dots,
    hyphens and underscores is replaced with one hyphen.
    """
    given = unquote(request.headers.get("x-file-name", "")).replace("\\", "/")
    name = re.sub(r"[^\w.-]+", "-", given.rpartition("/")[2]).strip(".-")
    if not name:
        raise InputError("The file has no name. Choose another file.")
    if len(_files) >= _MOST_FILES:
        raise InputError(
            "Too many files were uploaded. Restart the lab to remove them."
        )
    path = Path(tempfile.mkdtemp(dir=_home())) / name[-_MOST_CHARACTERS:]
    try:
        with open(path, "wb") as file:
            async for part in request.stream():
                file.write(part)
    except BaseException as error:  # also raised if the connection was closed
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            message = f"The file cannot be stored: {reason}. Free some disk space."
            raise InputError(message) from error
        raise
    key = f"{path.parent.name}/{path.name}"
    _files[key] = path
    return {"upload": key, "name": path.name, "path": str(path)}


def keep(path: Path, root: Path) -> Path:
    """Return a path to a file that remains available after the lab has exited.

    Uploaded files are copied to a folder next to the runs. Other files stay in place.
    """
    if path not in _files.values():
        return path
    kept = root / ".uploads" / path.parent.name / path.name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f".{kept.name}.part")
        shutil.copy2(path, part)
        os.replace(part, kept)  # atomic, so that runs never read incomplete files
    return kept


def uploaded(key: str) -> Path:
    """Return the path of an uploaded file; raise an InputError if it does not exist."""
    if key not in _files:
        raise InputError("The uploaded file no longer exists. Upload it again.")
    return _files[key]
