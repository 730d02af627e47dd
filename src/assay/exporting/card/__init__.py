"""Export of a model card in Markdown."""

from assay.exporting.card import _form as _form
