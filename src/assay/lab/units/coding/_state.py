"""Generates Python code that reproduces the current state of a unit's page."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from assay._errors import InputError, did_you_mean
from assay.lab.runs._folder import open_run

__all__ = [
    "State",
    "class_name",
    "code_of",
    "rows_of_run",
    "run_header",
    "writes",
]


class State(BaseModel):
    """Settings in the address of a unit's page. Missing settings have default values.
    Lists are comma-separated.

    Args:
        run: name of a finished run whose data and network are used; "" for the built-in
            data.
        seed: seed for the initial values and the row order.
    """

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    run: str = ""
    seed: int = 0

    @field_validator("*", mode="before")
    @classmethod
    def _listed(cls, value: Any, info: Any) -> Any:
        field = cls.model_fields[info.field_name]
        if not isinstance(value, str) or not isinstance(field.default, tuple):
            return value
        return [part for part in value.split(",") if part]


Writer = Callable[[Any], str]
_writers: dict[str, tuple[type[State], Writer]] = {}


def writes(unit: str, state: type[State]) -> Callable[[Writer], Writer]:
    """Register the function that generates the code for a unit's page."""

    def register(function: Writer) -> Writer:
        _writers[unit] = (state, function)
        return function

    return register


def code_of(unit: str, query: Mapping[str, str]) -> str:
    """Return code that reproduces the state of a unit's page.

    Raises:
        InputError: a setting is invalid, or the run does not exist.
    """
    state, write = _writers[unit]
    try:
        checked = state.model_validate(dict(query))
    except ValidationError as error:
        names = ", ".join(str(details["loc"][0]) for details in error.errors())
        raise InputError(f"Settings in the address are invalid: {names}.") from None
    return write(checked)


def run_header(run: str) -> str:
    """Return code that loads a run and its data."""
    path = str(open_run(run).path.resolve())
    return f"""\
import assay

run = assay.load({path!r})
training, preparation = run.model.training, run.model.preparation
dataset = assay.experiment.run_data(run.folder)
"""


def rows_of_run(run: str) -> str:
    """Return code that loads a run and prepares its training rows."""
    kind = open_run(run).model.preparation.kind
    values = '["values"]' if kind in ("sequence", "text") else ""
    return f"""\
{run_header(run)}rows = run.folder.read_npz("split.npz", "train")["train"]
X = preparation.transform(dataset, rows){values}
y = preparation.targets(dataset, rows)
"""


def class_name(family: type[Any], kind: str) -> str:
    """Return the public name of a member of a family, such as "assay.SGD" for "sgd".

    Raises:
        InputError: the family has no such member.
    """
    if kind not in family.members:
        raise InputError(f"Unknown {kind!r}.{did_you_mean(kind, family.members)}")
    return f"assay.{family.members[kind].__name__}"
