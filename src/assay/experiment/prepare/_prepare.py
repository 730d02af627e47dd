"""Prepares the rows and determines the defaults and the networks to try."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assay import spec
from assay.data import look
from assay.experiment.defaults._defaults import candidates, resolve
from assay.experiment.prepare._rate_ranges import around_range_tests
from assay.experiment.prepare._rows import PreparedRows, prepare_rows
from assay.experiment.prepare._split import SplitData
from assay.experiment.transfer._leakage import findings_of_start
from assay.records import Finding
from assay.tuning import Candidate, RangeTest

__all__ = ["PreparedData", "examine", "prepare"]


@dataclass(frozen=True, eq=False)
class PreparedData:
    """The input to the search: the prepared data and the networks to try.

    Args:
        data: split data, with all defaults of the experiment filled in.
        tuning: prepared rows of train and val.
        candidates: kinds of network to try, from simplest to most complex.
        range_tests: range tests, keyed by candidate name; empty if not requested.
    """

    data: SplitData
    tuning: PreparedRows
    candidates: tuple[Candidate, ...] = ()
    range_tests: dict[str, RangeTest] = field(default_factory=dict[str, RangeTest])

    @property
    def num_trials(self) -> int:
        """Total number of settings to try."""
        return sum(candidate.num_trials for candidate in self.candidates)


def prepare(data: SplitData) -> PreparedData:
    """Prepare train and val, and determine which networks to try.

    Raises:
        InputError: the experiment does not match the data, or a network cannot be
            built.
    """
    tuning = prepare_rows(data)
    profile = data.profile(tuning.preparation)
    networks = candidates(data.experiment, profile)
    experiment = resolve(data.experiment, profile)
    data = replace(data, experiment=experiment)
    _check_networks(networks, data, tuning)
    if not experiment.tune.range_test:
        return PreparedData(data, tuning, tuple(networks))
    networks, tests = around_range_tests(
        networks, tuning.training_data, seed=experiment.seed
    )
    return PreparedData(data, tuning, tuple(networks), tests)


def _check_networks(
    networks: Sequence[Candidate], data: SplitData, tuning: PreparedRows
) -> None:
    """Before any file is written, raise an InputError if a network cannot be built."""
    experiment = data.experiment
    # Default networks can always be built, so checking the last one is enough. If
    # layers are selected by name, the names must exist in all networks.
    names_layers = experiment.freeze or experiment.learning_rate_of
    for candidate in networks if names_layers else networks[-1:]:
        program = tuning.training_data.program(_without_spaces(candidate.training))
        if data.start is not None:
            data.start.check(program.network)


def _without_spaces(training: spec.Training) -> spec.Training:
    """Replace each search space in a training spec with one of its bounds."""
    ends = {path: space.ends()[-1] for path, space in training.spaces().items()}
    return training.with_values(ends)


def examine(prepared: PreparedData) -> list[Finding]:
    """Return the findings about the data that do not require training."""
    data = prepared.data
    findings = look(data.dataset, data.split)
    if data.start is not None:
        findings += findings_of_start(data.start.source_run, data.dataset, data.split)
    return findings
