"""Maps column kinds to encoders."""

from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._date_encoder import DateEncoder
from assay.data.preparation.encoders._number_encoder import (
    BooleanEncoder,
    NumberEncoder,
)

__all__ = ["ENCODERS"]

ENCODERS: dict[str, type[NumberEncoder] | type[CategoryEncoder] | type[DateEncoder]] = {
    encoder.kind: encoder
    for encoder in (NumberEncoder, BooleanEncoder, CategoryEncoder, DateEncoder)
}
"""The encoder for each column kind that can be combined with other inputs."""
