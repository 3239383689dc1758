"""Which rows one table shows: asked for aside, and shown as soon as the first are known."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from inspector.session.conditions import Condition
from inspector.ui.query_runner import Arrival, QueryRunner, Question, Subject
from inspector.ui.reading_thread import Superseded
from inspector.ui.row_id_model import RowIdModel
from inspector.ui.row_ids import Ids


@dataclass(frozen=True, slots=True)
class Order:
    """How a table is sorted: by arrival, or by SQL of this program's own."""

    arrival: Arrival = Arrival.OLDEST_FIRST
    sql: str = ""

    @property
    def rising(self) -> bool:
        """Whether the ids rise, so that what is new belongs at the end."""
        return self.arrival is Arrival.OLDEST_FIRST


def order_by(sql: str, arrival: str, *, descending: bool) -> Order:
    """The order of a column; what is alike in it keeps the order of `arrival`, the column that counts it."""
    if sql == arrival:
        return Order(Arrival.NEWEST_FIRST if descending else Arrival.OLDEST_FIRST)
    return Order(Arrival.OTHER, f"{sql}{' DESC' if descending else ''} NULLS LAST, {arrival}")


class TableRows:
    """The rows of one table.

    `catch_up` brings an answer up to date with what came while it was worked out: it is given the answer and
    the newest callback that was known when it was asked for.
    """

    def __init__(
        self, subject: Subject, model: RowIdModel[Any], newest: Callable[[], int], catch_up: Callable[[Ids, int], Ids]
    ) -> None:
        self.model = model
        self.order = Order()
        self.outdated = False
        """Whether the rows are those of another filter or order, or lack what came: nobody looks at them."""
        self.following: Callable[[], bool] = lambda: False
        self._subject = subject
        self._newest = newest
        self._catch_up = catch_up

    def clear(self) -> None:
        self.model.set_ids(range(0), ascending=True)

    async def load(self, runner: QueryRunner, condition: Condition) -> None:
        """Ask for the rows that fit, and show them."""
        self.outdated = False
        order, since = self.order, self._newest()
        arrival = order.arrival
        if order.rising and self.following():
            arrival = Arrival.OLDEST_FIRST_FROM_THE_END
        question = Question(self._subject, condition, arrival, order.sql)

        def show(ids: Ids) -> None:
            self.model.set_ids(self._catch_up(ids, since), ascending=order.rising)

        # A newer question may be on its way, or the session may have been let go.
        with suppress(Superseded, sqlite3.ProgrammingError):
            show(await runner.ask(question, show))
