"""The line in front of judging: one photo a visitor in turn, first come, first served."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from crackcls.errors import InputError
from crackcls.photos.pace import Pace

Result = TypeVar("Result")

# What may wait in all: some five minutes of work on two cores.
MOST_MEGAPIXELS = 4000.0


@dataclass(eq=False)
class Ticket(Generic[Result]):
    """One photo in the line.

    Attributes:
        visitor: Whose it is.
        megapixels: How large it is, about.
        work: Judges it; raises InputError.
        joined: When it came, by the clock `time.monotonic`.
        done: Set when `result` is there.
        result: What `work` gave, or the error that it raised.
    """

    visitor: str
    megapixels: float
    work: Callable[[], Result]
    joined: float
    done: threading.Event = field(default_factory=threading.Event)
    result: Result | Exception | None = None


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands.

    Attributes:
        ahead: Photos of others that come before it, the one that is being judged among them.
        seconds: How long it will take until it is done, about.
    """

    ahead: int
    seconds: float


class Line(Generic[Result]):
    """A bounded line with threads that serve it.

    Args:
        servers: How many tickets are worked on at a time.
        most: Megapixels that may wait in all.
        is_judged: Tells of a result whether it is a photo's. What is refused at once says nothing
            of how long photos take.
    """

    def __init__(
        self,
        servers: int = 1,
        most: float = MOST_MEGAPIXELS,
        is_judged: Callable[[Result], bool] = lambda _: True,
    ):
        self._waiting: OrderedDict[str, deque[Ticket[Result]]] = OrderedDict()
        self._served: set[Ticket[Result]] = set()
        self._servers, self._most = servers, most
        self._pace, self._is_judged = Pace(), is_judged
        self._change = threading.Condition()
        for _ in range(servers):
            threading.Thread(target=self._serve, daemon=True).start()

    def join(self, visitor: str, megapixels: float, work: Callable[[], Result]) -> Ticket[Result]:
        """Put a photo at the end of its visitor's own line.

        Raises:
            InputError: Too much is waiting.
        """
        with self._change:
            sizes = [one.megapixels for one in self._all()]
            waiting = sum(sizes)
            if waiting and waiting + megapixels > self._most:
                seconds = self._pace.seconds(sizes) / self._servers
                raise InputError(
                    f"At most {self._most:,.0f} megapixels wait to be judged at once, and "
                    f"{waiting:,.0f} do. Try again in {seconds:,.0f} seconds."
                )
            ticket = Ticket(visitor, megapixels, work, time.monotonic())
            self._waiting.setdefault(visitor, deque()).append(ticket)
            self._change.notify()
            return ticket

    def leave(self, ticket: Ticket[Result]) -> None:
        """Take a photo out of the line, where it still waits."""
        with self._change:
            own = self._waiting.get(ticket.visitor, deque())
            if ticket in own:
                own.remove(ticket)
            if not own:
                self._waiting.pop(ticket.visitor, None)

    def standing(self, ticket: Ticket[Result]) -> Standing:
        """Tell where a ticket stands."""
        with self._change:
            order = self._order()
            before = order[: order.index(ticket)] if ticket in order else []
            ahead = [*before, *(one for one in self._served if one is not ticket)]
            seconds = self._pace.seconds([one.megapixels for one in ahead]) / self._servers
            others = sum(one.visitor != ticket.visitor for one in ahead)
            return Standing(others, seconds + self._pace.seconds([ticket.megapixels]))

    def _all(self) -> list[Ticket[Result]]:
        return [ticket for own in self._waiting.values() for ticket in own]

    def _order(self) -> list[Ticket[Result]]:
        """Give the tickets as they will be served: the first of each visitor, then the second."""
        rounds = [
            (turn, at) for at, own in enumerate(self._waiting.values()) for turn in range(len(own))
        ]
        lines = list(self._waiting.values())
        return [lines[at][turn] for turn, at in sorted(rounds)]

    def _next(self) -> Ticket[Result]:
        """Take the next ticket; its visitor's others go behind those of all other visitors."""
        visitor, own = self._waiting.popitem(last=False)
        ticket = own.popleft()
        if own:
            self._waiting[visitor] = own
        return ticket

    def _serve(self) -> None:
        free = time.monotonic()
        while True:
            with self._change:
                self._change.wait_for(lambda: self._waiting)
                ticket = self._next()
                self._served.add(ticket)
            try:
                ticket.result = ticket.work()
            except Exception as error:
                ticket.result = error
            with self._change:
                self._served.discard(ticket)
                # Where photos wait, what passes between two of them is a part of the pace.
                begun, free = max(free, ticket.joined), time.monotonic()
                if not isinstance(ticket.result, Exception) and self._is_judged(ticket.result):
                    self._pace.add(ticket.megapixels, free - begun)
            ticket.done.set()
