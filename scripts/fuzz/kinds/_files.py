"""Data files: tables, arrays, images and time series."""

import io
import random
from pathlib import Path
from typing import ClassVar

import numpy as np
import polars as pl
from PIL import Image
from scripts.fuzz._mutate import changed_bytes
from scripts.fuzz.kinds._kind import Kind

from assay import data

__all__ = ["FILES"]


class _File(Kind):
    """A file that is read as a data set."""

    suffix: ClassVar[str]
    tokens: ClassVar[tuple[bytes, ...]] = ()
    target: ClassVar[str | None] = None

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._path = folder / f"input{self.suffix}"
        self._seeds = self.seeds()

    def seeds(self) -> list[bytes]:
        """Return the contents of small, valid files."""
        raise NotImplementedError

    def draw(self, source: random.Random) -> bytes:
        """Draw the contents of a damaged or, rarely, a valid file."""
        seed = source.choice(self._seeds)
        if source.random() < 0.001:
            return seed
        return changed_bytes(seed, source, others=self._seeds, tokens=self.tokens)

    def read(self, drawn: bytes) -> None:
        """Read the file as a data set."""
        self._path.write_bytes(drawn)
        data.load(str(self._path), target=self.target)


def _frame() -> pl.DataFrame:
    rows = range(12)
    return pl.DataFrame(
        {
            "size": [None if row == 5 else row / 3 for row in rows],
            "age": [*rows],
            "color": [("red", "green", "blue")[row % 3] for row in rows],
            "active": [bool(row % 2) for row in rows],
            "day": pl.Series(
                ["2024-01-0" + str(1 + row % 9) for row in rows]
            ).str.to_date(),
            "kind": ["yes" if row % 2 else "no" for row in rows],
        }
    )


class Csv(_File):
    """Tables as text."""

    name, share, suffix, target = "csv", 0.12, ".csv", "kind"
    tokens = (b",", b";", b"\t", b"|", b'"', b'""', b"\r\n", b"\n", b"\r", b"\x00")
    tokens += (b"nan", b"NA", b"1e400", b"-0", b"0x10", b"1.234,5", b"31.12.2024")
    tokens += (b"\xef\xbb\xbf", b"\xff\xfe", b"\xff", b"kind", b"9" * 400, b",,,,,,")
    tokens += (b"true", b"12:30", b"$5", b"5%", b"2024-02-30", b" ", b"=1+1")

    def seeds(self) -> list[bytes]:
        """Return tables with different separators, quotes and line endings."""
        plain = _frame().write_csv().encode()
        quoted = _frame().write_csv(quote_style="always", separator=";").encode()
        windows = plain.replace(b"\n", b"\r\n")
        german = b'size;price;kind\n1,5;"1.234,50";a\n2,5;"2.000,00";b\n3,5;"1,00";a\n'
        return [plain, quoted, windows, german, plain.decode().encode("utf-16")]


class JsonLines(_File):
    """Tables in JSON Lines format."""

    name, share, suffix, target = "json_lines", 0.04, ".jsonl", "kind"
    tokens = (b"{", b"}", b"[", b"]", b":", b",", b'"', b"null", b"NaN", b"1e999")
    tokens += (
        b'"kind"',
        b"\\u0000",
        b"\\ud800",
        b"[" * 300,
        b"9" * 400,
        b"\n",
        b"\x00",
    )

    def seeds(self) -> list[bytes]:
        """Return tables with plain and nested cells."""
        nested = b'{"a": [1, 2], "kind": "x"}\n{"a": [3], "kind": "y"}\n'
        return [_frame().write_ndjson().encode(), nested * 3]


class Parquet(_File):
    """Parquet files."""

    name, share, suffix, target = "parquet", 0.04, ".parquet", "kind"
    tokens = (b"PAR1", b"\x00" * 4, b"\xff" * 4, b"\x15\x00", b"ARROW:schema")

    def seeds(self) -> list[bytes]:
        """Return compressed and plain files."""
        return [self._written(c) for c in ("uncompressed", "snappy", "zstd", "gzip")]

    def _written(self, compression: str) -> bytes:
        buffer = io.BytesIO()
        _frame().write_parquet(buffer, compression=compression)  # type: ignore[arg-type]
        return buffer.getvalue()


class Arrow(_File):
    """Arrow files."""

    name, share, suffix, target = "arrow", 0.04, ".arrow", "kind"
    tokens = (b"ARROW1", b"\x00" * 8, b"\xff" * 4, b"\xff\xff\xff\x7f")

    def seeds(self) -> list[bytes]:
        """Return compressed and plain files."""
        files = []
        for compression in ("uncompressed", "lz4", "zstd"):
            buffer = io.BytesIO()
            _frame().write_ipc(buffer, compression=compression)  # type: ignore[arg-type]
            files.append(buffer.getvalue())
        return files


class Npz(_File):
    """NumPy archives."""

    name, share, suffix = "npz", 0.08, ".npz"
    tokens = (
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"X.npy",
        b"y.npy",
        b"\x93NUMPY",
    )
    tokens += (
        b"'shape': (",
        b"99999999999",
        b"'|O'",
        b"'<f8'",
        b"'fortran_order': True",
    )
    tokens += (b"lengths.npy", b"'<U9'", b"(3, -1)", b"'<M8[ns]'", b"'V8'", b"'c16'")

    def seeds(self) -> list[bytes]:
        """Return archives that contain tables, images and time series."""
        source = np.random.default_rng(0)
        y = np.arange(12) % 2
        lengths = np.array([3, 4] * 6)
        return [
            _npz(X=source.normal(size=(12, 3)), y=y),
            _npz(X=source.integers(0, 255, (12, 4, 4, 1)).astype(np.uint8), y=y),
            _npz(X=source.normal(size=(12, 4, 2)), y=y, lengths=lengths),
            _npz(X=source.normal(size=(12, 3)), y=y.astype("<U3")),
        ]


def _npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


class Npy(_File):
    """NumPy arrays with targets in a second file."""

    name, share, suffix = "npy", 0.06, ".npy"
    tokens = Npz.tokens[5:]

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        np.save(folder / "y.npy", np.arange(12) % 2)
        self._path = folder / "X.npy"

    def seeds(self) -> list[bytes]:
        """Return arrays of several types."""
        numbers = np.random.default_rng(0).normal(size=(12, 3))
        images = np.ones((12, 4, 4, 1), np.uint8)
        arrays = [numbers, images, numbers > 0, numbers.astype(">f4")]
        files = []
        for array in arrays:
            np.save(buffer := io.BytesIO(), array)
            files.append(buffer.getvalue())
        return files


class Ts(_File):
    """Time series in the text format of the UCR archive."""

    name, share, suffix = "ts", 0.12, ".ts"
    tokens = (b"@data", b"@problemName", b"@classLabel true a b", b"@timeStamps true")
    tokens += (b"@univariate false", b"@dimensions 2", b"@equalLength true", b":", b",")
    tokens += (
        b"@seriesLength 3",
        b"?",
        b"nan",
        b"\n",
        b"(0,1)",
        b"#",
        b"1e400",
        b"\xff",
    )
    tokens += (b"@targetLabel true", b"@missing true", b"9" * 400)

    def seeds(self) -> list[bytes]:
        """Return files with one and two channels."""
        one = b"@problemName p\n@univariate true\n@classLabel true a b\n@data\n"
        one += b"1,2,3:a\n2,3,?:b\n3,4,5:a\n0,1,0:b\n"
        two = b"@problemName p\n@univariate false\n@dimensions 2\n@equalLength false\n"
        two += b"@classLabel true a b\n@data\n1,2:3,4:a\n1,2,3:3,4,5:b\n5,6:1,1:a\n"
        return [one, two]


class Images(_File):
    """Folders of images, with one subfolder per class."""

    name, share, suffix = "image", 0.05, ".png"
    tokens = (b"IHDR", b"IDAT", b"IEND", b"\xff\xd8", b"\xff\xda", b"GIF89a", b"RIFF")
    tokens += (b"WEBP", b"BM", b"II*\x00", b"MM\x00*", b"acTL", b"\x7f\xff\xff\xff")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        image = Image.new("RGB", (6, 5), "teal")
        for name in ("a", "b"):
            (folder / "set" / name).mkdir(parents=True)
            for number in range(3):
                image.save(folder / "set" / name / f"{number}.png")

    def seeds(self) -> list[bytes]:
        """Return small images in several formats."""
        image = Image.linear_gradient("L").resize((6, 5)).convert("RGB")
        files = []
        for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
            image.save(buffer := io.BytesIO(), form)
            files.append(buffer.getvalue())
        return files

    def read(self, drawn: bytes) -> None:
        """Read all pixels in a folder of images with one damaged image."""
        (self.folder / "set" / "a" / "0.png").write_bytes(drawn)
        dataset = data.load(str(self.folder / "set"))
        dataset.take(["image"], np.arange(dataset.num_examples))


FILES = (Csv, JsonLines, Parquet, Arrow, Npz, Npy, Ts, Images)
