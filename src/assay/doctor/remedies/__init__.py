"""The remedies, by what they change; importing this package registers them."""

from assay.doctor.remedies import _data, _layers, _regularization, _updates

__all__ = ["_data", "_layers", "_regularization", "_updates"]
