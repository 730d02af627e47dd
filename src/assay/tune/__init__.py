"""Tuning: hyper-parameters are chosen on val."""

from assay.tune._choice import clearly_better, ranked
from assay.tune._race import race
from assay.tune._race_record import BASES, Curve, Race, Tuned
from assay.tune._race_surface import Trajectory, race_surface
from assay.tune._racers import DEFAULT_RACERS, Racer, racers
from assay.tune._range_test import RangeTest, choose_rate, range_test
from assay.tune._search import Candidate, Clock, Search, search
from assay.tune._study import Storage, Study, middle, open_storage
from assay.tune._surfaces import SURFACES, Surface, get_surface
from assay.tune._trial import Running, Trial

__all__ = [
    "BASES",
    "DEFAULT_RACERS",
    "SURFACES",
    "Candidate",
    "Clock",
    "Curve",
    "Race",
    "Racer",
    "RangeTest",
    "Running",
    "Search",
    "Storage",
    "Study",
    "Surface",
    "Trajectory",
    "Trial",
    "Tuned",
    "choose_rate",
    "clearly_better",
    "get_surface",
    "middle",
    "open_storage",
    "race",
    "race_surface",
    "racers",
    "range_test",
    "ranked",
    "search",
]
