"""Tuning: hyper-parameters are chosen on val."""

from assay.tune._choice import clearly_better, ranked
from assay.tune._search import Candidate, Search, search
from assay.tune._study import Study
from assay.tune._trial import Trial, run_trial

__all__ = [
    "Candidate",
    "Search",
    "Study",
    "Trial",
    "clearly_better",
    "ranked",
    "run_trial",
    "search",
]
