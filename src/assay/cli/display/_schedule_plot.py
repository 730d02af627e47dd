"""`assay show --schedule`: plots a learning-rate schedule."""

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
# Total number of iterations; schedules express durations as fractions of it.
_TOTAL = 1000
_EPOCHS = 50
_NEVER = (
    "The factor depends on the validation cost. The plot shows 50 epochs and assumes "
    "that the cost never improves after the first epoch."
)


def add_schedule_option(parser: Parser) -> None:
    """Add the option for a schedule."""
    group = parser.add_argument_group("show a schedule")
    kinds = ", ".join(spec.Schedule.members)
    group.add_argument(
        "--schedule",
        metavar="KIND",
        help="plot the learning-rate factor during training; one of "
        f"{kinds}, or a table, such as '{{kind = \"step\", decay = 0.5}}'",
    )


def show_schedule(arguments: Namespace) -> Answer:
    """Return the plot of a schedule.

    Raises:
        InputError: the schedule does not exist, or a value is out of range.
    """
    from assay.cli.arguments._experiment_fields import read_value

    if arguments.run is not None or arguments.model is not None:
        raise InputError(
            "--schedule cannot be combined with RUN or --model. For example: "
            "assay show --schedule cosine"
        )
    schedule = spec.Training(schedule=read_value(arguments.schedule)).schedule
    if schedule.spaces():
        raise InputError(
            f"schedule.{next(iter(schedule.spaces()))} is a search space, which cannot "
            "be plotted. Replace it with a number."
        )
    return _answer(schedule)


def _answer(schedule: spec.Schedule) -> Answer:
    from assay.cli.display._plot import WIDTH, plot
    from assay.optim import schedules

    member = schedules.get(schedule.kind)
    values = schedule.traced()
    if member.stateful:
        factors = _on_plateau(values)
    else:
        factors = schedules.sample(member, _TOTAL, num=_POINTS, **values).tolist()
    settings = ", ".join(f"{name} {value:g}" for name, value in values.items())
    wrap = partial(textwrap.wrap, width=WIDTH, break_on_hyphens=False)
    parts = [
        f"  {fraction:>7.0%}  {_at(factors, fraction):.4g}" for fraction in _FRACTIONS
    ]
    lines = [
        f"{schedule.kind}{': ' * bool(settings)}{settings}",
        *wrap(f"The learning rate is multiplied by a factor: {member.formula}."),
        *(wrap(_NEVER) if member.stateful else []),
        "",
        *plot(factors, x_range=(0, 100), unit=" %"),
        "",
        *parts,
    ]
    steps = range(len(factors))
    data: dict[str, Any] = {
        "schedule": schedule.to_data(),
        "formula": member.formula,
        "fractions": [step / (len(factors) - 1) for step in steps],
        "factors": factors,
    }
    return Answer(data, "\n".join(lines))


_FRACTIONS = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def _at(factors: list[float], fraction: float) -> float:
    return factors[round(fraction * (len(factors) - 1))]


def _on_plateau(values: dict[str, float]) -> list[float]:
    """Return the factor in each epoch, assuming the validation cost never improves."""
    from assay.optim.schedules import start_plateau, update_plateau

    state, factors = start_plateau(), []
    for _ in range(_EPOCHS + 1):
        factors.append(float(state.factor))
        state = update_plateau(state, 1.0, **values)
    return factors
