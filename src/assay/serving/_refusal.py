"""The response to an invalid request."""

from collections.abc import Mapping, Sequence

__all__ = ["Refusal"]


class Refusal(Exception):
    """Raised if a request cannot be fulfilled.

    Args:
        status: status code of the response.
        faults: the error messages, or a single one.
        headers: headers of the response.
    """

    def __init__(
        self,
        status: int,
        faults: str | Sequence[str],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        self.headers = dict(headers or {})
        super().__init__("\n".join(self.faults))
