"""Applies PyTorch modules, which expect channels before spatial axes."""

from assay.exporting.source._code import Code

__all__ = ["through"]


def through(code: Code, part: str, rank: int) -> None:
    """Apply a module to x (n, *space, c), moving the channels to the second axis.

    Args:
        code: code to which the lines are added.
        part: expression for the module.
        rank: number of spatial axes; 0 if the channels are the only axis.
    """
    if rank == 0:
        code.run(f"x = {part}(x)")
    else:
        code.run(f"x = {part}(x.movedim(-1, 1)).movedim(1, -1)")
