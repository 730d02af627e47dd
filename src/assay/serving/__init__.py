"""An HTTP interface to a trained model."""

from assay.serving._app import make_app
from assay.serving._server import serve

__all__ = ["make_app", "serve"]
