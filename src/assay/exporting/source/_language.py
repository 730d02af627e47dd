"""The library-specific parts of an export to Python code."""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.exporting.source._code import Translators

__all__ = ["Language"]


@dataclass(frozen=True)
class Language:
    """A library for which network code can be generated.

    Args:
        name: name of the format, such as "torch".
        title: name of the library for use in sentences.
        packages: the packages that the code needs.
        imports: the lines that import the packages.
        translators: translators by kind of layer.
        pieces: functions and classes that the code may need, by name.
        head: the first lines of the network class and its constructor.
        run: the first line of the method that runs the network.
        load: the function that creates the networks and loads their arrays.
        predict: the function that runs the networks.
        links: expressions that map outputs to predictions, by link name.
    """

    name: str
    title: str
    packages: str
    imports: str
    translators: Translators
    pieces: Mapping[str, str]
    head: str
    run: str
    load: str
    predict: str
    links: Mapping[str, str]
