"""Converts text files to UTF-8 with line feeds as line endings."""

from pathlib import Path

from assay._errors import InputError
from assay.data.sources.formats._damaged import check_is_text

__all__ = ["BOM", "text_of"]

BOM = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""

_UTF32_BOMS = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE_BYTES = 2000
_MIN_NULS = 0.8  # minimum fraction of zeros among the high bytes of UTF-16 text
_FILLERS = b"\0\x1a"  # at the end of files from some programs or damaged disks


def text_of(path: Path) -> bytes:
    """Return the contents of a file as UTF-8, with line feeds as line endings.

    Raises:
        InputError: the file is not a text file, or is not in a Unicode encoding.
    """
    content = path.read_bytes()
    check_is_text(path, content)
    try:
        content = _as_utf8(content).rstrip(_FILLERS)
        if not content.isascii():  # much faster than decoding
            content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(
            f"The file {str(path)!r} is not UTF-8 text. Save it again as UTF-8."
        ) from None
    if b"\0" in content[: 1 << 20].lstrip().split(b"\n", 1)[0]:
        raise InputError(
            f"The file {str(path)!r} contains NUL bytes. Save the table again as text."
        )
    if BOM in content:  # one per concatenated file
        content = content.removeprefix(BOM).replace(b"\n" + BOM, b"\n")
        content = content.removeprefix(BOM)
    if b"\r" not in content or content.count(b"\r") == content.count(b"\r\n"):
        return content
    if b'"' not in content or b"\n" not in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _as_utf8(content: bytes) -> bytes:
    """Convert UTF-16 and UTF-32 text, as exported by spreadsheets, to UTF-8."""
    if content.startswith(_UTF32_BOMS):
        return content.decode("utf-32").encode()
    if content.startswith(_UTF16_BOMS):
        return content.decode("utf-16").encode()
    sample = content[:_SAMPLE_BYTES]
    shares = [sample[i::2].count(0) / max(len(sample[i::2]), 1) for i in (0, 1)]
    if min(shares) == 0 and max(shares) > _MIN_NULS:
        return content.decode("utf-16-le" if shares[1] else "utf-16-be").encode()
    return content
