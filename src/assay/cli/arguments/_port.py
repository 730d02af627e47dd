"""Reads the port on which a command listens."""

from assay._errors import InputError, fault

__all__ = ["read_port"]


def read_port(text: str | None, *, lowest: int, example: int) -> int | None:
    """Return the value of `--port` as a number; None if the option is absent.

    Args:
        text: text of the option.
        lowest: lowest port that the command accepts; port 0 means any free port.
        example: port that the error message suggests.

    Raises:
        InputError: the text is not a port.

    Example:
        >>> read_port("8000", lowest=1, example=8765)
        8000
    """
    if text is None:
        return None
    if not (text.isdecimal() and lowest <= int(text) <= 65535):
        fix = f"Use a free port, such as --port {example}."
        raise InputError(fault(f"{lowest} <= --port <= 65535", "--port", text, fix))
    return int(text)
