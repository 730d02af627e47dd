"""Reads specs from TOML or JSON files."""

import tomllib
from pathlib import Path
from typing import Any

from assay._errors import InputError
from assay._load_json import load_json

__all__ = ["read_data"]

_LARGEST_BYTES = 1_000_000


def read_data(path: str | Path) -> dict[str, Any]:
    """Read a TOML or JSON file into plain data.

    Raises:
        InputError: the file is missing or too large, or its contents do not match its
            suffix.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"No such file: {path}")
    if path.stat().st_size > _LARGEST_BYTES:
        raise InputError(
            f"An experiment file may contain at most {_LARGEST_BYTES} bytes, but "
            f"{path} contains {path.stat().st_size} bytes. Check the path."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            data = load_json(text)
        else:
            data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(f"{path} cannot be read: {error}. Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path} cannot be read: {error}. Write text in double quotes, and paths "
            "with backslashes in single quotes."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None
    if not isinstance(data, dict):
        # The JSON file may contain a list, which is most likely the rows of a table.
        raise InputError(
            f'{path} does not contain an experiment, such as {{"data": "digits"}}. '
            f"Put rows of data in {path.stem}.jsonl, one JSON object per line."
        )
    return data
