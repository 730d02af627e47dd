"""Every command, in the order in which they are listed."""

from assay.cli import _compare, _data, _doctor, _explain, _predict, _race, _show, _train
from assay.cli._command import Command

__all__ = ["COMMANDS"]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        _train.COMMAND,
        _data.COMMAND,
        _race.COMMAND,
        _show.COMMAND,
        _compare.COMMAND,
        _predict.COMMAND,
        _explain.COMMAND,
        _doctor.COMMAND,
    )
}
"""The commands by name."""
