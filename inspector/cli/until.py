"""What `inspector listen --until` waits for.

It is met when a message fits the filter as a whole, as in the table of messages, or when a callback does, as in the
table of callbacks. A callback of a message counts only for filters without a negation: `-is:invalid` is to mean that
the message has no invalid callback, not that one of its callbacks is valid.
"""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from inspector.cli.options import WrongUse
from inspector.session.conditions import Condition, Moment, joined
from inspector.session.query import FilterError, Query, parse, split
from inspector.session.reader import SessionReader

_UNASSIGNED = Condition("c.message IS NULL")


class Until:
    """A filter that is asked again as callbacks come. Raises WrongUse when it cannot be understood.

    `started` is what times without a day are of; `clock` gives microseconds since 1970.
    """

    def __init__(self, text: str, started: datetime, clock: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._text = text
        self._started = started
        self._clock = clock
        self._query = self._understood()
        self._negated = any(term.negated for term in split(text))

    @property
    def uses_clock(self) -> bool:
        """Whether it can be met without a callback: by a message that stalls."""
        return self._query.uses_clock

    def met_by(self, reader: SessionReader, messages: Iterable[int], after: int) -> bool:
        """Whether one of these messages fits, or a callback behind number `after`."""
        query = self._now()
        if reader.matching_messages(messages, query.messages):
            return True
        return bool(reader.matching_callbacks(after, self._of_callbacks(query)))

    def met_already(self, reader: SessionReader) -> bool:
        """Whether anything in the session fits."""
        query = self._now()
        if len(reader.message_ids(query.messages, limit=1)):
            return True
        return bool(len(reader.callback_ids(self._of_callbacks(query), limit=1)))

    def _of_callbacks(self, query: Query) -> Condition:
        return joined([_UNASSIGNED, query.callbacks], "AND") if self._negated else query.callbacks

    def _now(self) -> Query:
        if self._query.uses_clock:
            self._query = self._understood()
        return self._query

    def _understood(self) -> Query:
        moment = Moment(self._started.date(), self._started.tzinfo or UTC, self._clock())
        try:
            return parse(self._text, moment)
        except FilterError as error:
            raise WrongUse(f"the filter is not understood: {error}") from None
