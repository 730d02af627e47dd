"""The cost model of a search whose trials run as tasks on the nodes of a cluster."""

import math
from typing import NamedTuple

__all__ = ["Cluster", "SearchCosts", "Trials", "predict_search"]


class Trials(NamedTuple):
    """The work of a search.

    Args:
        count: number of trials, all of the same duration.
        seconds: duration of one trial on one processor.
        data_bytes: size of the data.
    """

    count: int
    seconds: float
    data_bytes: int


class Cluster(NamedTuple):
    """The rates of a cluster whose nodes have one processor each.

    Args:
        num_nodes: number of nodes.
        start_seconds: time until the process of a node has been started and has
            compiled the program.
        bytes_per_second: rate at which a node receives data.
        task_seconds: duration of a task without work, including the time to send the
            state of a fit and to receive it again.
        call_seconds: training time per task; longer trials consist of more tasks.
    """

    num_nodes: int
    start_seconds: float
    bytes_per_second: float
    task_seconds: float
    call_seconds: float


class SearchCosts(NamedTuple):
    """The components of a search's duration, in seconds.

    Args:
        start: starting the processes, in parallel on all nodes.
        sending: sending the data to each node once.
        trials: trials, one after another on each node.
        tasks: starting the tasks of these trials.
    """

    start: float
    sending: float
    trials: float
    tasks: float

    @property
    def total(self) -> float:
        """The time of the search in seconds."""
        return sum(self)


def predict_search(trials: Trials, cluster: Cluster) -> SearchCosts:
    """Return the predicted time of a search.

    Example:
        >>> two = Cluster(2, 5.0, 1e8, 0.01, 1.0)
        >>> predict_search(Trials(5, 3.0, 10**8), two).trials
        9.0
    """
    rounds = math.ceil(trials.count / cluster.num_nodes)
    # the first task of a trial is short
    tasks = 1 + math.ceil(trials.seconds / cluster.call_seconds)
    return SearchCosts(
        start=cluster.start_seconds,
        sending=trials.data_bytes / cluster.bytes_per_second,
        trials=rounds * trials.seconds,
        tasks=rounds * tasks * cluster.task_seconds,
    )
