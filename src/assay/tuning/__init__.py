"""Chooses the hyperparameters with the best results on val."""

from assay.tuning._range_test import RangeTest, choose_rate, range_test
from assay.tuning.race._contestants import DEFAULT_RACERS, Racer, racers
from assay.tuning.race._race import race
from assay.tuning.race._record import BASES, Curve, Race, Tuned
from assay.tuning.race._surface_race import Trajectory, race_surface
from assay.tuning.race._surfaces import SURFACES, Surface, get_surface
from assay.tuning.search._choice import ranked
from assay.tuning.search._clock import Clock
from assay.tuning.search._groups import Candidate
from assay.tuning.search._search import Search, search
from assay.tuning.search._spaces import middle
from assay.tuning.search._study import Study
from assay.tuning.search._train_trials import stacks_trials
from assay.tuning.search._trial import Running, Trial
from assay.tuning.search.storage._server import is_server, masked
from assay.tuning.search.storage._storage import Storage, check_place, open_storage

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
    "check_place",
    "choose_rate",
    "get_surface",
    "is_server",
    "masked",
    "middle",
    "open_storage",
    "race",
    "race_surface",
    "racers",
    "range_test",
    "ranked",
    "search",
    "stacks_trials",
]
