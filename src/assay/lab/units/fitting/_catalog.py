"""Describes members of families for the units' catalogs."""

from assay import spec

__all__ = ["entry"]


def entry(member: type[spec.Family]) -> dict[str, str]:
    """Return the name, class, formula and summary of a member of a family."""
    return {
        "name": member.kind,
        "class": member.__name__,
        "formula": member.formula,
        "summary": (member.__doc__ or "").splitlines()[0],
    }
