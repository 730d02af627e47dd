"""Tuning: hyper-parameters are chosen on val."""

from assay.tune._choice import clearly_better, ranked
from assay.tune._range_test import RangeTest, choose_rate, range_test
from assay.tune._search import Candidate, Search, search
from assay.tune._study import Study
from assay.tune._trial import Trial, run_trial

__all__ = [
    "Candidate",
    "RangeTest",
    "Search",
    "Study",
    "Trial",
    "choose_rate",
    "clearly_better",
    "range_test",
    "ranked",
    "run_trial",
    "search",
]
