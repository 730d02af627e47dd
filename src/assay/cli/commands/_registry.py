"""All commands, in the order shown in the help."""

from assay.cli.arguments._command import Command
from assay.cli.commands import _data, _lab, _race, _train
from assay.cli.commands.of_runs import (
    _compare,
    _doctor,
    _explain,
    _export,
    _predict,
    _replay,
    _serve,
    _show,
)

__all__ = ["COMMANDS"]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        _train.COMMAND,
        _data.COMMAND,
        _race.COMMAND,
        _lab.COMMAND,
        _show.COMMAND,
        _compare.COMMAND,
        _predict.COMMAND,
        _serve.COMMAND,
        _export.COMMAND,
        _explain.COMMAND,
        _doctor.COMMAND,
        _replay.COMMAND,
    )
}
"""The commands, by name."""
