"""Export of the parameters as safetensors, with a description in JSON."""

from assay.exporting.safetensors import _form as _form
