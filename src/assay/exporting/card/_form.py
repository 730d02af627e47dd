"""The format "card": a model card in Markdown, based on the records of a run."""

from assay.experiment import Run
from assay.exporting._forms import Files, writes
from assay.exporting.card._card import card_text

__all__: list[str] = []


@writes("card", ".md")
def _card(run: Run, name: str) -> Files:
    return {".md": card_text(run.summary, run.folder).encode()}
