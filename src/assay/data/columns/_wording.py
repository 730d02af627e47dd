"""Formats counts of cells and rows for messages."""

__all__ = ["affected_rows", "counted"]


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    Example:
        >>> counted(1, "cell"), counted(1200, "cell")
        ('1 cell', '1200 cells')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def affected_rows(num_rows: int, first_row: int) -> str:
    """Return a sentence about the rows that a fault affects.

    Example:
        >>> affected_rows(2, 198)
        'This affects 2 rows; the first is row 198.'
    """
    return f"This affects {counted(num_rows, 'row')}; the first is row {first_row}."
