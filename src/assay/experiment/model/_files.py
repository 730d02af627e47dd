"""Writes, reads and validates the files of a model."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, NoReturn, NotRequired, cast

import numpy as np
from pydantic import Field
from safetensors.numpy import load, save

# before Python 3.12, pydantic does not support typing.TypedDict
from typing_extensions import TypedDict

from assay import spec
from assay._errors import InputError, RunError
from assay.data import Preparation, preparation_faults
from assay.records import RunFolder, form_faults, to_canonical_json
from assay.training import Fitted

__all__ = [
    "DESCRIPTION",
    "SavedModel",
    "factory_name",
    "is_custom_network",
    "leaves",
    "nested",
    "read_model",
    "refuse",
    "write_model",
]

ARRAYS, DESCRIPTION = "model/parameters.safetensors", "model/model.json"

_VERSION = 1
_TREES = ("parameters", "statistics")

_MOST_BYTES = {ARRAYS: 16_000_000_000, DESCRIPTION: 256_000_000}
"""Limits on file sizes, far above those of real models.

For example, the description of a vocabulary of 20,000 words takes 300 kB.
"""


_MOST_MEMBERS = 1000  # far more members than real models have


class _Description(TypedDict):
    version: int
    training: dict[str, Any]
    preparation: dict[str, Any]
    iteration: Annotated[int, Field(ge=0)]
    members: NotRequired[Annotated[int, Field(ge=1, le=_MOST_MEMBERS)]]
    sha256: NotRequired[str]  # models written by the first releases have no hash


class SavedModel(NamedTuple):
    """The contents of a model's files.

    Args:
        training: training spec as plain data.
        preparation: preparation of the inputs.
        members: parameters and statistics of each member.
        sha256: hash of the file that contains the arrays.
    """

    training: dict[str, Any]
    preparation: Preparation
    members: tuple[Fitted, ...]
    sha256: str


def write_model(
    folder: RunFolder,
    training: spec.Training,
    preparation: Preparation,
    members: Sequence[Fitted],
) -> None:
    """Write a model as safetensors and JSON files, with a hash of both."""
    trees: list[dict[str, Any]] = [
        dict(zip(_TREES, fitted.model, strict=True)) for fitted in members
    ]
    # a single member has no name, as in models written by the first releases
    names = _member_names(len(members))
    named = dict(zip(names, trees, strict=True)) if names else trees[0]
    arrays = save(dict(leaves(named)))
    folder.write_bytes(ARRAYS, arrays)
    description = {
        "version": _VERSION,
        "training": training.to_data(),
        "preparation": preparation.to_json(),
        "iteration": members[0].iteration,
        "members": len(members),
    }
    described = {**description, "sha256": _hash(description, arrays)}
    folder.write_json(DESCRIPTION, described)


def read_model(folder: RunFolder) -> SavedModel:
    """Read a saved model without checking that its arrays match its network.

    Raises:
        RunError: the run has no model, or its files were changed or are invalid. The
            message lists all errors.
    """
    _check_sizes(folder)
    description = folder.read_object(DESCRIPTION)
    version = description.get("version")
    if version != _VERSION:
        raise RunError(
            f"The model in {folder.path} has version {version!r}, but this version of "
            f"Assay reads version {_VERSION}. Train the model again."
        )
    faults = form_faults(_Description, description, "the description")
    faults = faults or _content_faults(description)
    if faults:
        refuse(folder, faults)
    data = folder.read_bytes(ARRAYS)
    _check_hash(folder, description, data)
    count = description.get("members", 1)
    trees = nested(_read_arrays(folder, data, count))
    of_members = [trees.get(name, {}) for name in _member_names(count)] or [trees]
    return SavedModel(
        description["training"],
        Preparation.from_json(description["preparation"]),
        tuple(
            # some networks have no statistics
            Fitted(
                *(tree.get(n, {}) for n in _TREES),
                iteration=description["iteration"],
            )
            for tree in of_members
        ),
        hashlib.sha256(data).hexdigest(),
    )


def refuse(folder: RunFolder, faults: Sequence[str]) -> NoReturn:
    """Raise a RunError that lists the errors in a saved model."""
    raise RunError(
        f"The model in {folder.path} cannot be used: {'; '.join(faults)}. Restore its "
        "files, or train the model again."
    )


def _check_sizes(folder: RunFolder) -> None:
    for name, most in _MOST_BYTES.items():
        path = folder.path_of(name)
        size = path.stat().st_size if path.is_file() else 0
        if size > most:
            raise RunError(
                f"{path} has {size} bytes, but Assay writes at most {most}. Train the "
                "model again."
            )


def _content_faults(description: Mapping[str, Any]) -> list[str]:
    """Return the errors in the training and preparation parts of a description."""
    fields = description["training"]
    faults: list[str] = []
    if "model" not in fields:
        faults.append("training.model is missing")
    # records contain only the name of a network written in Python
    layers = {"model": ()} if is_custom_network(fields) else {}
    try:
        training = spec.Training(**fields | layers)
    except InputError as error:
        faults += [f"training: {message}" for message in error.faults]
    else:
        spaces = training.spaces()
        faults += [f"training.{path} must be a single value" for path in spaces]
        open_fields = [name for name, value in training if value == "auto"]
        faults += [f'training.{name} must not be "auto"' for name in open_fields]
    form = preparation_faults(description["preparation"])
    return faults + [f"preparation: {message}" for message in form]


def _hash(description: Mapping[str, Any], arrays: bytes) -> str:
    """Return a hash of the description and the arrays."""
    parts = {n: value for n, value in description.items() if n != "sha256"}
    text = to_canonical_json(parts, sort_keys=True)
    both = hashlib.sha256(text.encode()).digest() + hashlib.sha256(arrays).digest()
    return hashlib.sha256(both).hexdigest()


def _check_hash(
    folder: RunFolder, description: Mapping[str, Any], arrays: bytes
) -> None:
    if "sha256" not in description:
        return
    wanted, got = description["sha256"], _hash(description, arrays)
    if got != wanted:
        refuse(
            folder,
            [
                f"{DESCRIPTION} or {ARRAYS} was changed after saving (SHA-256 is "
                f"{got[:12]}…, not {wanted[:12]}…)"
            ],
        )


def _member_names(count: int) -> list[str]:
    """Return the names of the members; empty for a single, unnamed member."""
    return [f"member{number}" for number in range(1, count + 1)] if count > 1 else []


def _read_arrays(folder: RunFolder, data: bytes, members: int) -> dict[str, np.ndarray]:
    """Return the arrays, keyed by path, after checks that do not need the network."""
    try:
        arrays = load(data)
    except Exception as error:  # a damaged header can cause errors of any kind
        detail = f"{type(error).__name__}: {error}"
        raise RunError(
            f"{folder.path_of(ARRAYS)} cannot be read ({detail}). Restore the file, or "
            "train the model again."
        ) from None
    roots = [f"{name}/" for name in _member_names(members)] or [""]
    faults = [fault for path in arrays if (fault := _path_fault(path, arrays, roots))]
    faults += [fault for item in arrays.items() if (fault := _value_fault(*item))]
    if faults:
        refuse(folder, faults)
    return arrays


def _path_fault(
    path: str, arrays: Mapping[str, Any], roots: Sequence[str]
) -> str | None:
    """Return the error in the path of an array, or None if the path is valid.

    Args:
        path: path of the array.
        arrays: all arrays, keyed by path.
        roots: path prefixes of the arrays, one for each member.
    """
    root = next((root for root in roots if path.startswith(root)), None)
    if root is None:
        return f"the array {path!r} does not belong to any member"
    tree, *names = path.removeprefix(root).split("/")
    if tree not in _TREES or not names or "" in names:
        return f"the array {path!r} does not belong to any layer"
    above = [root + "/".join([tree, *names[:n]]) for n in range(len(names))]
    if any(parent in arrays for parent in above):
        return f"the array {path!r} is inside another array"
    return None


def _value_fault(path: str, array: np.ndarray) -> str | None:
    num_bad = array.size - int(np.isfinite(array).sum())
    share = f"{num_bad} of {array.size} numbers"
    return f"{path} contains NaN or infinity ({share})" if num_bad else None


def is_custom_network(training: Mapping[str, Any]) -> bool:
    """Return whether a training spec (plain data) has a network written in Python.

    Example:
        >>> is_custom_network({"model": [{"kind": "dense", "units": 3}]})
        False
    """
    match training.get("model"):
        case [{"kind": "own_module", "factory": str()}]:
            return True
        case _:
            return False


def factory_name(training: Mapping[str, Any]) -> str:
    """Return the factory name of a network written in Python."""
    return training["model"][0]["factory"]


def leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the ("layer/name", array) pairs of a nested tree."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(cast(Mapping[str, Any], value), f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", np.asarray(value, order="C")


def nested(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the pairs that `leaves` yields back to a nested tree.

    Example:
        >>> nested({"a/b": 1, "a/c": 2})
        {'a': {'b': 1, 'c': 2}}
    """
    tree: dict[str, Any] = {}
    for path, array in arrays.items():
        *parents, last = path.split("/")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = array
    return tree
