"""Exports a run to files that other programs can read."""

from pathlib import Path

from assay._calls import explains_arguments
from assay._errors import Faults, InputError, did_you_mean
from assay.experiment import Run, load

# Importing these packages registers the formats.
from assay.exporting import card as _card  # noqa: F401
from assay.exporting import onnx as _onnx  # noqa: F401
from assay.exporting import safetensors as _safetensors  # noqa: F401
from assay.exporting import source as _source  # noqa: F401
from assay.exporting._forms import FORMS, Form
from assay.records import write_atomically

__all__ = ["export"]


@explains_arguments("assay.export(run, to='onnx')")
def export(
    run: Run | str | Path,
    *,
    to: str,
    path: str | Path | None = None,
    replace: bool = False,
) -> Path:
    """Export a finished run to files that other programs can read.

    Args:
        run: the run, or its folder.
        to: "onnx", "flax", "torch", "safetensors" or "card".
        path: path of the main file, or an existing folder. By default, the file is
            named after the run and written to the run's `export` folder. Other files
            are written next to the main file.
        replace: whether to replace existing files.

    Returns:
        The path of the main file.

    Raises:
        InputError: the format or the path is invalid, a package is missing, or the
            format cannot express the model.
        RunError: the run is not finished, or its files are damaged.

    Example:
        >>> import assay
        >>> run = assay.train("iris", trials=1, runs=None)
        >>> assay.export(run, to="card").name == f"{run.folder.name}.md"
        True
    """
    form = _form(to)
    run = run if isinstance(run, Run) else load(run)
    main = _main_file(run, form, path)
    paths = form.paths(main)
    _check(paths, main.parent, folder_exists=path is not None, replace=replace)
    files = form.write(run, main.name.removesuffix(form.endings[0]))
    main.parent.mkdir(parents=True, exist_ok=True)
    # Write the main file last, so the files that it needs always exist.
    for ending in reversed(form.endings):
        write_atomically(paths[ending], files[ending])
    return main


def _form(name: str) -> Form:
    if name not in FORMS:
        near = did_you_mean(name, FORMS)
        raise InputError(f"unknown format {name!r}.{near} Known: {', '.join(FORMS)}.")
    return FORMS[name]


def _main_file(run: Run, form: Form, path: str | Path | None) -> Path:
    name = run.folder.path.resolve().name + form.endings[0]
    if path is None:
        return run.folder.path / "export" / name
    path = Path(path)
    if path.is_dir():
        return path / name
    if path.suffix != form.endings[0]:
        raise InputError(
            f"The file {str(path)!r} must end with {form.endings[0]}. Use "
            f"{str(path.with_suffix(form.endings[0]))!r}."
        )
    return path


def _check(
    paths: dict[str, Path], folder: Path, *, folder_exists: bool, replace: bool
) -> None:
    """Before the contents are computed, check that the files can be written."""
    faults = Faults()
    if folder_exists and not folder.is_dir():
        faults.add(f"The folder {str(folder)!r} does not exist. Create it first.")
    for path in paths.values():
        if path.is_dir():
            faults.add(f"{str(path)!r} is a folder. Use another name.")
        elif path.exists() and not replace:
            faults.add(
                f"{str(path)!r} already exists. Use replace=True to replace it, or use "
                "another name."
            )
    faults.raise_if_any()
