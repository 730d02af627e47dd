"""A learning-rate schedule before it is used, for `assay show --schedule`."""

import textwrap
from argparse import Namespace
from functools import partial
from typing import Any

from assay import spec
from assay._errors import InputError
from assay.cli.arguments._command import Answer
from assay.cli.arguments._parser import Parser

__all__ = ["add_schedule_option", "show_schedule"]

_POINTS = 201
_TOTAL = 1000  # iterations; the lengths of a schedule are fractions of them
_EPOCHS = 50
_NEVER = (
    "The factor follows the val cost. Drawn is a training of 50 epochs in which the "
    "cost never improves after the first."
)


def add_schedule_option(parser: Parser) -> None:
    """Add the option that names a schedule."""
    group = parser.add_argument_group("a schedule before it is used")
    kinds = ", ".join(spec.Schedule.members)
    group.add_argument(
        "--schedule",
        metavar="KIND",
        help="plot what the learning rate is multiplied by over a training; one of "
        f"{kinds}, or a table: '{{kind = \"step\", decay = 0.5}}'",
    )


def show_schedule(arguments: Namespace) -> Answer:
    """Return the plot of a schedule.

    Raises:
        InputError: there is no such schedule, or a value is out of its range.
    """
    from assay.cli.arguments._options import read_value

    if arguments.run is not None or arguments.model is not None:
        raise InputError(
            "Give --schedule alone, without RUN and --model. Write, for example: "
            "assay show --schedule cosine"
        )
    asked = spec.Training(schedule=read_value(arguments.schedule)).schedule
    if asked.spaces():
        raise InputError(
            f"a plot needs values, but schedule.{next(iter(asked.spaces()))} is a "
            "space. Write a number."
        )
    return _answer(asked)


def _answer(asked: spec.Schedule) -> Answer:
    from assay.cli.display._plot import WIDTH, plot
    from assay.optim import schedules

    member = schedules.get(asked.kind)
    values = asked.traced()
    if member.stateful:
        factors = _on_plateau(values)
    else:
        factors = schedules.sample(member, _TOTAL, num=_POINTS, **values).tolist()
    settings = ", ".join(f"{name} {value:g}" for name, value in values.items())
    wrap = partial(textwrap.wrap, width=WIDTH, break_on_hyphens=False)
    parts = [f"  {place:>7.0%}  {_at(factors, place):.4g}" for place in _PLACES]
    lines = [
        f"{asked.kind}{': ' * bool(settings)}{settings}",
        *wrap(f"The learning rate over a training is multiplied by {member.formula}."),
        *(wrap(_NEVER) if member.stateful else []),
        "",
        *plot(factors, x_range=(0, 100), unit=" %"),
        "",
        *parts,
    ]
    data: dict[str, Any] = {
        "schedule": asked.to_data(),
        "formula": member.formula,
        "fractions": [place / (len(factors) - 1) for place in range(len(factors))],
        "factors": factors,
    }
    return Answer(data, "\n".join(lines))


_PLACES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def _at(factors: list[float], place: float) -> float:
    return factors[round(place * (len(factors) - 1))]


def _on_plateau(values: dict[str, float]) -> list[float]:
    """Return the factor in each epoch of a training that never improves."""
    from assay.optim.schedules import start_plateau, update_plateau

    state, factors = start_plateau(), []
    for _ in range(_EPOCHS + 1):
        factors.append(float(state.factor))
        state = update_plateau(state, 1.0, **values)
    return factors
