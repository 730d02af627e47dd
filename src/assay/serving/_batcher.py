"""Combines waiting requests into one forward pass."""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from assay.serving._refusal import Refusal

__all__ = ["Batcher"]

_MOST_WAITING = 100_000  # maximum number of waiting rows


Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class _Waiting(NamedTuple, Generic[Asked, Answer]):
    """A request that is waiting for its result."""

    asked: Asked
    num_rows: int
    future: "asyncio.Future[Answer]"


class Batcher(Generic[Asked, Answer]):
    """Makes predictions in a separate thread, so that the server remains responsive.

    The thread never waits for more requests. Requests that arrive during a pass are
    combined into the next pass. Therefore, a single client waits no longer than it
    would without batching, and many clients can share a pass.

    Args:
        predict: function that returns a result or an error for each request in a list.
        most_rows: number of rows at which a pass accepts no more requests.
    """

    def __init__(
        self,
        predict: Callable[[Sequence[Asked]], Sequence[Answer | Exception]],
        *,
        most_rows: int,
    ) -> None:
        self._predict = predict
        self._most_rows = most_rows
        self._num_waiting = 0
        self._queue: queue.SimpleQueue[_Waiting[Asked, Answer] | None]
        self._queue = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, which delivers results to the running event loop."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._work, args=(loop,), name="assay-predict", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Complete the waiting requests and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()

    async def predict(self, asked: Asked, num_rows: int) -> Answer:
        """Return the result of a request.

        Raises:
            Refusal: too many rows are waiting.
            Exception: the error that `predict` returned for this request.
        """
        if self._num_waiting + num_rows > _MOST_WAITING:
            message = "The server is busy. Send the request again in a second."
            raise Refusal(503, message, {"retry-after": "1"})
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._num_waiting += num_rows
        self._queue.put(_Waiting(asked, num_rows, future))
        try:
            return await future
        finally:
            self._num_waiting -= num_rows

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make predictions until the batcher is closed."""
        while (first := self._queue.get()) is not None:
            batch = self._with_others(first)
            results: Sequence[Answer | Exception]
            try:
                results = self._predict([one.asked for one in batch])
            except Exception as error:  # report it to every request in the batch
                results = [error] * len(batch)
            loop.call_soon_threadsafe(_deliver, batch, results)

    def _with_others(
        self, first: _Waiting[Asked, Answer]
    ) -> list[_Waiting[Asked, Answer]]:
        """Return a request, with waiting requests to process in the same pass."""
        batch, num_rows = [first], first.num_rows
        while num_rows < self._most_rows:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:  # the thread ends after this pass
                self._queue.put(None)
                break
            batch.append(following)
            num_rows += following.num_rows
        return batch


def _deliver(
    batch: Sequence[_Waiting[Asked, Answer]], results: Sequence[Answer | Exception]
) -> None:
    for waiting, result in zip(batch, results, strict=True):
        if waiting.future.done():  # the client has closed the connection
            continue
        if isinstance(result, Exception):
            waiting.future.set_exception(result)
        else:
            waiting.future.set_result(result)
