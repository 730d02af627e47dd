"""The protocols of remote sources, and the packages that implement them."""

import importlib.util
import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import url2pathname

from assay._errors import InputError, did_you_mean
from assay._urls import protocol_of, without_secrets

__all__ = ["PROTOCOLS", "Protocol", "protocol_for"]


@dataclass(frozen=True)
class Protocol:
    """A protocol for reading remote data.

    Args:
        name: the part of a URL before "://".
        package: the package that fsspec requires for this protocol.
        has_folders: whether the objects in a folder can be listed.
        access: instructions for providing credentials.
    """

    name: str
    package: str
    has_folders: bool
    access: str


_WEB = "Write a user name and password to ~/.netrc, or use a signed URL."
_MEMBERS = (
    Protocol(
        "s3",
        "s3fs",
        True,
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE. For a public "
        "bucket, set FSSPEC_S3_ANON=true.",
    ),
    Protocol(
        "gs",
        "gcsfs",
        True,
        "Run gcloud auth application-default login, or set "
        "GOOGLE_APPLICATION_CREDENTIALS.",
    ),
    Protocol("hf", "huggingface_hub", True, "Run hf auth login, or set HF_TOKEN."),
    Protocol("https", "aiohttp", False, _WEB),
    Protocol("http", "aiohttp", False, _WEB),
)

PROTOCOLS: dict[str, Protocol] = {member.name: member for member in _MEMBERS}
"""The protocols by name."""


def protocol_for(url: str) -> Protocol:
    """Return the protocol of a URL, after checking that it can be used.

    Raises:
        InputError: the protocol is unknown or unsafe, or a package is missing.

    Example:
        >>> protocol_for("ftp://example.org/table.csv")
        Traceback (most recent call last):
        ...
        assay._errors.InputError: The protocol of 'ftp://example.org/table.csv' is \
unknown. Use s3://, gs://, hf:// or https://, or download the data.
    """
    name, shown = protocol_of(url), without_secrets(url)
    if name == "file":
        path = url2pathname(urlsplit(url).path)
        raise InputError(f"{shown!r} is a local file. Pass its path, {path!r}.")
    if name not in PROTOCOLS:
        raise InputError(
            f"The protocol of {shown!r} is unknown. Use s3://, gs://, hf:// or "
            f"https://, or download the data.{did_you_mean(name, PROTOCOLS)}"
        )
    if name == "http" and not _is_own(url):
        raise InputError(
            f"{shown!r} is not encrypted, so its data could be altered in transit. "
            "Use https://."
        )
    protocol = PROTOCOLS[name]
    for package in ("fsspec", protocol.package):
        if importlib.util.find_spec(package) is None:
            raise InputError(
                f"Reading {shown!r} requires the package {package}, which is not "
                "installed. Run pip install 'assay[remote]'."
            )
    return protocol


def _is_own(url: str) -> bool:
    """Return whether a URL points to this computer."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
