"""All commands, in the order in which the help lists them."""

from assay.cli.arguments._command import Command
from assay.cli.commands import (
    _compare,
    _data,
    _doctor,
    _explain,
    _export,
    _lab,
    _predict,
    _race,
    _replay,
    _serve,
    _show,
    _train,
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
