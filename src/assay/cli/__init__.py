"""The command line: parse, call, print. What is heavy is imported inside a command."""

from assay.cli._command import Answer, Command
from assay.cli._commands import COMMANDS
from assay.cli._main import main

__all__ = ["COMMANDS", "Answer", "Command", "main"]
