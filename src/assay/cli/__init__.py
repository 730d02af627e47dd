"""The command-line interface: parses arguments, calls the library and prints the
result.

Commands import the engine only when they run.
"""

from assay.cli._main import main
from assay.cli.arguments._command import Answer, Command
from assay.cli.commands._registry import COMMANDS

__all__ = ["COMMANDS", "Answer", "Command", "main"]
