"""What the web servers of Assay share: JSON bodies, the guard and the listener."""

from assay.http._guard import Guard, refusal_answer
from assay.http._json import JsonAnswer, read_body, to_numbers
from assay.http._listener import listen, loopback_hosts

__all__ = [
    "Guard",
    "JsonAnswer",
    "listen",
    "loopback_hosts",
    "read_body",
    "refusal_answer",
    "to_numbers",
]
