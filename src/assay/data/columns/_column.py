"""Column descriptions and column kinds."""

import re
from dataclasses import dataclass

__all__ = [
    "ARRAY_KINDS",
    "KINDS",
    "NAMELESS",
    "SOLE_INPUT_KINDS",
    "USED_KINDS",
    "Column",
]

ARRAY_KINDS = ("image", "sequence")
"""Column kinds whose cells are arrays."""

SOLE_INPUT_KINDS = (*ARRAY_KINDS, "text")
"""Column kinds that cannot be combined with other inputs of a network."""

USED_KINDS = ("number", "boolean", "category", "date", *SOLE_INPUT_KINDS)
"""Column kinds that can become inputs of a network."""

KINDS = (*USED_KINDS, "unusable", "id", "constant")
"""All column kinds."""

NAMELESS = re.compile(r"(unnamed_)*column_\d+|Unnamed: \d+")
"""Pattern of the names that Assay and pandas give to columns without a name."""


@dataclass(frozen=True)
class Column:
    """A description of a column, with the reason for its kind.

    Args:
        name: name of the column in the data.
        kind: one of `KINDS`.
        reason: the reason for this kind, as shown to users.
        num_missing: number of rows without a value.
        num_distinct: number of distinct values, not counting missing values.
        num_stray: number of cells whose text is not a value of this kind; such cells
            count as missing.
        ignored: whether the user excluded the column.
        rewritten: an example of a cell whose symbols or separators were removed, such
            as "$1,234"; empty if all cells were read unchanged.
        ambiguous: an example of a number in which "." may be a thousands separator,
            such as "1.234" in a column that also contains "850"; empty if there is
            none.
        version: an example of a version number that equals another one when read as a
            decimal, such as "1.10" if there is also "1.1"; empty if there is none.
        style: format of the numbers or dates, as in `Style.name`; empty if the format
            is unambiguous.
        set_aside: whether the column is left out because it cannot be combined with
            other inputs.
    """

    name: str
    kind: str
    reason: str
    num_missing: int
    num_distinct: int
    num_stray: int = 0
    rewritten: str = ""
    ambiguous: str = ""
    version: str = ""
    ignored: bool = False
    set_aside: bool = False
    style: str = ""

    @property
    def used(self) -> bool:
        """Whether the column becomes an input of the network."""
        return self.kind in USED_KINDS and not (self.ignored or self.set_aside)
