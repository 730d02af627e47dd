"""The cost model of a search whose trials run as tasks on the nodes of a cluster."""

import math
from typing import NamedTuple

__all__ = ["Cluster", "Effort", "SearchCosts", "Trials", "predict_search"]


class Effort(NamedTuple):
    """The effort for a step on a single node.

    Args:
        seconds: duration of the step.
        processor_seconds: processor time of all processes and threads in the step.
    """

    seconds: float
    processor_seconds: float


class Trials(NamedTuple):
    """The work in a search.

    Args:
        count: number of trials, all of which take the same effort.
        effort: effort for one trial on one processor.
        data_bytes: size of the data.
    """

    count: int
    effort: Effort
    data_bytes: int


class Cluster(NamedTuple):
    """The rates of a cluster whose nodes have one processor each.

    Args:
        num_nodes: number of nodes.
        processors: number of processors that all nodes share; may be fractional if
            other programs use the same processors.
        start: effort to start the process of a node, import packages and compile the
            program.
        bytes_per_second: rate at which a node receives data.
        task: effort for a task without work, including sending and receiving the state
            of a fit.
        call_seconds: training time per task; longer trials consist of several tasks.
    """

    num_nodes: int
    processors: float
    start: Effort
    bytes_per_second: float
    task: Effort
    call_seconds: float


class SearchCosts(NamedTuple):
    """The components of a search's duration, in seconds.

    Args:
        start: starting the processes, in parallel on all nodes.
        sending: sending the data once to each node.
        trials: running the trials, one after another on each node.
        tasks: starting the tasks that make up the trials.
    """

    start: float
    sending: float
    trials: float
    tasks: float

    @property
    def total(self) -> float:
        """The duration of the search in seconds."""
        return sum(self)


def predict_search(trials: Trials, cluster: Cluster) -> SearchCosts:
    """Return the predicted duration of a search.

    Example:
        >>> start, task = Effort(5.0, 6.0), Effort(0.01, 0.02)
        >>> two = Cluster(2, 2.0, start, 1e8, task, 1.0)
        >>> costs = predict_search(Trials(5, Effort(3.0, 3.0), 10**8), two)
        >>> costs.start, costs.trials
        (6.0, 9.0)
    """
    num_busy = min(cluster.num_nodes, trials.count)

    def together(effort: Effort) -> float:
        """Return the duration of a step that all nodes perform simultaneously."""
        needed = num_busy * effort.processor_seconds
        return max(effort.seconds, needed / cluster.processors)

    rounds = math.ceil(trials.count / num_busy)
    trial = together(trials.effort)
    # the first task of a trial is short
    tasks = 1 + math.ceil(trial / cluster.call_seconds)
    return SearchCosts(
        start=together(cluster.start),
        sending=trials.data_bytes / cluster.bytes_per_second,
        trials=rounds * trial,
        tasks=rounds * tasks * together(cluster.task),
    )
