"""Keeps an eye on a solve: time limit, progress, Ctrl-C and cancel, for all solvers."""

import _thread
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TypeVar

from matching.plan import Progress

Answer = TypeVar("Answer")

SECONDS_BETWEEN_SIGNS = 0.5
"""Progress is promised every second; half of that leaves room for a slow step."""

TICK_SECONDS = 0.05
"""Between two looks at the clock while something long is under way."""

Listener = Callable[[Progress], object]


@dataclass
class Watch:
    """
    What a solver asks whether to go on, and tells where it is.

    A listener that returns ``False`` cancels. Once stopped, it stays stopped: whoever notices hands
    over the best plan so far.

    Parameters
    ----------
    time_limit : float or None
        Wall seconds from the making of this object.
    progress : callable or None
        Is given a ``Progress``; returns ``False`` to cancel, anything else to go on.
    """

    time_limit: float | None = None
    progress: Listener | None = None
    stopped: bool = False
    timings: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    _told: float = 0.0
    _latest: tuple[str, str, int | float | None, int | float | None] = ("reading", "", None, None)

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float:
        """Wall seconds until the time limit; infinite without one, 0 once stopped."""
        if self.stopped:
            return 0.0
        if self.time_limit is None:
            return float("inf")
        return max(0.0, self.time_limit - self.seconds)

    def may_go_on(
        self,
        step: str,
        *,
        level: str = "",
        value: int | float | None = None,
        bound: int | float | None = None,
    ) -> bool:
        """Tell the listener where the solve is, now and then; whether to go on."""
        if self.time_limit is not None and self.seconds >= self.time_limit:
            self.stopped = True
        now = self.seconds
        self._latest = (step, level, value, bound)
        if self.progress is not None and now - self._told >= SECONDS_BETWEEN_SIGNS:
            self._told = now
            if self.progress(Progress(now, step, level, value, bound)) is False:
                self.stopped = True
        return not self.stopped

    def stop(self) -> None:
        """Have everybody hand over what they have."""
        self.stopped = True

    def meanwhile(
        self, work: Callable[[], Answer], *, halt: Callable[[], None] | None = None
    ) -> Answer:
        """
        Have something long done in a thread of its own, so that this one can listen and tell.

        Parameters
        ----------
        work : callable
            It is always waited for: it may use what the caller holds.
        halt : callable, optional
            Asks the work to end early; it is called once stopped, by Ctrl-C too.

        Returns
        -------
        Whatever `work` returns; what it raises is raised.
        """
        done: list[Answer] = []
        failed: list[BaseException] = []
        runner = _Runner()

        def run() -> None:
            try:
                done.append(work())
            except BaseException as error:
                failed.append(error)

        try:
            self._wait(runner, run, halt)
        except BaseException:
            # A listener that fails: nobody may go on with what the thread still uses.
            _ask(halt)
            runner.end()
            raise
        if failed:
            raise failed[0]
        return done[0]

    def _wait(
        self, runner: "_Runner", run: Callable[[], None], halt: Callable[[], None] | None
    ) -> None:
        if self.stopped:
            _ask(halt)
        while True:
            try:
                if runner.has_ended(run, TICK_SECONDS):
                    return
                step, level, value, bound = self._latest
                self.may_go_on(step, level=level, value=value, bound=bound)
            except KeyboardInterrupt:
                self.stop()
            if self.stopped:
                _ask(halt)

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """
        Have Ctrl-C stop this watch, whatever becomes of the exception.

        It may be raised where none gets out, such as while an object is cleaned up. Somebody else's
        handler stays, and other threads hear no signals.
        """
        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return

        def hear(number: int, frame: FrameType | None) -> None:
            self.stop()
            signal.default_int_handler(number, frame)

        signal.signal(signal.SIGINT, hear)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the CPU seconds of what happens inside to `timings`."""
        started = time.process_time()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.process_time() - started


class _Runner:
    """
    A thread that Ctrl-C cannot confuse, at whatever moment it comes.

    Python's own threads and events hold locks while they start and wait; an interrupt in between
    leaves those in disorder. Here are locks alone, that are taken in one step.
    """

    def __init__(self) -> None:
        self._claimed, self._ended = _thread.allocate_lock(), _thread.allocate_lock()
        self._ended.acquire()
        self._is_over = False

    def has_ended(self, run: Callable[[], None], seconds: float) -> bool:
        """Have `run` done in a thread, once; wait so long for its end and tell whether it came."""
        # Ctrl-C may come while a thread starts, and nobody knows whether it did: of two that were
        # started, one works.
        if not self._claimed.locked():
            _thread.start_new_thread(self._work, (run,))
        return self._is_over or self._ended.acquire(timeout=seconds) or self._is_over

    def end(self) -> None:
        """Wait for the end of what was begun; what was not, is not begun any more."""
        if self._claimed.acquire(blocking=False):
            return
        while not self._is_over:
            self._ended.acquire(timeout=1)

    def _work(self, run: Callable[[], None]) -> None:
        if self._claimed.acquire(blocking=False):
            run()
            self._is_over = True
            self._ended.release()


def _ask(halt: Callable[[], None] | None) -> None:
    if halt is not None:
        halt()
