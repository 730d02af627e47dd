"""The command-line interface: parses arguments, calls the library and prints the
result.

Each command imports the training engine only when it runs.
"""

from assay.cli._main import main
from assay.cli.arguments._command import Answer, Command
from assay.cli.commands._registry import COMMANDS

__all__ = ["COMMANDS", "Answer", "Command", "main"]
