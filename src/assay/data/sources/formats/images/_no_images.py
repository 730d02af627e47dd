"""Explains why a folder without images cannot be read."""

from collections.abc import Sequence
from pathlib import Path

from assay.data.table._image_files import IMAGE_SUFFIXES, is_table, walk
from assay.data.table._part_names import part_of

__all__ = ["why_no_images"]

_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz", ".zst")
_LABELS = "[path.parent.name for path in paths]"
_TEXTS = (
    f"{{'text': [path.read_text() for path in paths], 'label': {_LABELS}}} with "
    "target='label'"
)
_SERIES = (
    "pl.concat([pl.read_csv(path).with_columns(series=pl.lit(str(path)), label=pl.lit("
    "path.parent.name)) for path in paths]) with target='label' and "
    "series_column='series'"
)
_IN_CLASS_FOLDERS = {
    ".txt": _TEXTS,
    ".npy": f"([np.load(path) for path in paths], {_LABELS})",
    ".csv": _SERIES,
    ".wav": f"([scipy.io.wavfile.read(path)[1] for path in paths], {_LABELS})",
}
"""How to pass files in class folders, by their suffix."""


def why_no_images(folder: Path) -> str:
    """Return a message that says what a folder contains instead and suggests a fix."""
    files = [path.relative_to(folder) for path in walk(folder)[1]]
    files.sort(key=lambda path: (len(path.parts), part_of(path.stem) != "train", path))
    for explain in (_class_folders, _parquet_parts, _tables):
        if message := explain(folder, files):
            return message
    fix = "Put the images of each class in a subfolder of its own"
    found = f", only files such as {str(files[0])!r}" if files else ""
    if files and files[0].suffix.lower() in _ARCHIVES:
        fix = f"Unpack {files[0].name!r} first. {fix}"
    if files and not files[0].suffix:
        name = files[0].name + ".png"
        fix = f"File names of images need a suffix, such as {name!r}. {fix}"
    return (
        f"No images found in {str(folder)!r}{found}. {fix}, or pass a single image "
        f"file. Supported formats: {', '.join(IMAGE_SUFFIXES)}."
    )


def _class_folders(folder: Path, files: Sequence[Path]) -> str:
    """Return a message on how to pass files in class folders; "" if there are none."""
    for suffix, form in _IN_CLASS_FOLDERS.items():
        found = [path for path in files if path.suffix.lower() == suffix]
        if len({path.parent for path in found if len(path.parts) > 1}) > 1:
            return (
                f"The files in the subfolders of {str(folder)!r}, such as "
                f"{str(found[-1])!r}, are not images. In Python, write paths = sorted("
                f"Path({str(folder)!r}).glob('**/*{suffix}')), and pass {form}."
            )
    return ""


def _parquet_parts(folder: Path, files: Sequence[Path]) -> str:
    table = next((path for path in files if is_table(path)), None)
    part = next((path for path in files if path.suffix.lower() == ".parquet"), None)
    if part is None or (table is not None and len(part.parts) >= len(table.parts)):
        return ""
    return (
        f"The Parquet files in {str(folder)!r} are in subfolders, such as "
        f"{str(part)!r}. Pass one of the subfolders, move all files into one folder, "
        "or name the subfolders in key=value form, such as year=2020."
    )


def _tables(folder: Path, files: Sequence[Path]) -> str:
    tables = [path for path in files if is_table(path)]
    if not tables:
        return ""
    found = f"No images found in {str(folder)!r}, but it contains the table"
    tests = [path for path in tables if part_of(path.stem) == "test"]
    if part_of(tables[0].stem) == "train" and tests:
        return (
            f"{found}s {str(tables[0])!r} and {str(tests[0])!r}. Pass the path of the "
            f"first. If the second contains the target, also write "
            f"test_data={str(folder / tests[0])!r}."
        )
    return (
        f"{found} {str(tables[0])!r}. Pass the path of the table. To pass several "
        "tables, save them as Parquet files."
    )
