"""Gathering the insight into a session: running counts that are corrected as it grows.

The first look reads every message once; later ones read what changed and correct the counts. What the retention
took out, or a cleared session, is read anew.
"""

import time
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from inspector.callbacks.findings import FindingCode, unknown_field_in
from inspector.session.insight import (
    ENDED,
    REACHED,
    WINDOW,
    Drift,
    FieldDrift,
    Insight,
    buckets,
    percentiles,
    ranked,
)
from inspector.session.reader import SessionReader
from inspector.session.stored_message import STRIP_LENGTH

_CHUNK: Final = 20_000
_MOST_FIELDS: Final = 50
_REST: Final = 20
"""After the session was trimmed, all is read again no sooner than this many times what that takes."""

_NOT_WAITING: Final = 2**63 - 1


class Gathering:
    """The running counts of one session, for one thread at a time.

    `clock` (in seconds) only bounds how often a session that is being trimmed is read anew.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before = 0.0
        self._forget()

    def _forget(self) -> None:
        self._generation: int | None = None
        self._trimmed = 0
        self._last_seq = 0
        self._kinds: dict[tuple[str, str, str | None], int] = {}
        self._of_kind: Counter[int] = Counter()
        self._took: Counter[int] = Counter()
        # One entry a message, in the order of the rows: what to take back when the message changes.
        self._rows = array("q")
        self._kind = array("q")
        self._took_of = array("q")
        self._waiting = array("q")
        self._breaches: Counter[tuple[str, str, str | None]] = Counter()
        self._unknown: Counter[str] = Counter()
        self._seconds: Counter[int] = Counter()

    def look(self, reader: SessionReader, stalled_before: int | None = None) -> Insight:
        """The insight as of now.

        Messages that have waited since `stalled_before` (microseconds since 1970) or longer are stalled; None for a
        session that is not live, in which nothing stalls. Raises sqlite3.OperationalError when the reader was told
        to stop.
        """
        reader.begin()
        try:
            self._catch_up(reader)
            return self._insight(reader, stalled_before)
        except BaseException:
            self._forget()  # what was counted half is counted anew
            raise
        finally:
            reader.end()

    # -- counting -----------------------------------------------------------------------------

    def _catch_up(self, reader: SessionReader) -> None:
        now, trimmed = reader.position(), reader.trimmed()
        if now.generation != self._generation:
            self._start_anew(reader, now.generation, now.last_seq, trimmed)
        elif trimmed != self._trimmed:
            if self._clock() >= self._not_before:
                self._start_anew(reader, now.generation, now.last_seq, trimmed)
        elif now.last_seq > self._last_seq:
            changed = reader.changes(now.generation, self._last_seq).messages
            for values in reader.lives_of(changed):
                self._put(reader, values)
            self._count_callbacks(reader, now.last_seq)

    def _start_anew(self, reader: SessionReader, generation: int, last_seq: int, trimmed: int) -> None:
        began = self._clock()
        self._forget()
        for values in reader.lives():
            self._append(reader, values)
        self._count_callbacks(reader, last_seq)
        self._generation, self._trimmed = generation, trimmed
        ended = self._clock()
        self._not_before = ended + _REST * (ended - began)

    def _append(self, reader: SessionReader, values: tuple[Any, ...]) -> None:
        row, strip, codes, error, took, waiting = values
        kind = self._kind_of(reader, row, (strip, codes, error))
        self._rows.append(row)
        self._kind.append(kind)
        self._took_of.append(-1 if took is None else took)
        self._waiting.append(_NOT_WAITING if waiting is None else waiting)
        self._of_kind[kind] += 1
        if took is not None:
            self._took[took] += 1

    def _put(self, reader: SessionReader, values: tuple[Any, ...]) -> None:
        """A message that is new or changed."""
        row, strip, codes, error, took, waiting = values
        place = bisect_left(self._rows, row)
        if place == len(self._rows):
            self._append(reader, values)
            return
        if self._rows[place] != row:  # a gap, which no message of this program's own ever fills
            for entries, value in ((self._rows, row), (self._kind, -1), (self._took_of, -1), (self._waiting, 0)):
                entries.insert(place, value)
        kind = self._kind_of(reader, row, (strip, codes, error))
        self._of_kind[self._kind[place]] -= 1
        self._of_kind[kind] += 1
        if (before := self._took_of[place]) >= 0:
            self._took[before] -= 1
            if not self._took[before]:
                del self._took[before]
        if took is not None:
            self._took[took] += 1
        self._kind[place] = kind
        self._took_of[place] = -1 if took is None else took
        self._waiting[place] = _NOT_WAITING if waiting is None else waiting

    def _kind_of(self, reader: SessionReader, row: int, key: tuple[str, str, str | None]) -> int:
        """The number of a kind of message: the letters of its statuses, its findings, its error."""
        strip, codes, error = key
        if len(strip) >= STRIP_LENGTH:  # it may be only the end of the life
            letters = sorted(status[0] for status in reader.statuses_of(row))
            key = ("".join(letters), codes, error)
        return self._kinds.setdefault(key, len(self._kinds))

    def _count_callbacks(self, reader: SessionReader, last_seq: int) -> None:
        for name, code, what, number in reader.breaches(self._last_seq):
            self._breaches[name, code, what] += number
        for text, number in reader.unknown_fields(self._last_seq):
            self._unknown[text] += number
        self._count_seconds(reader, last_seq)
        self._last_seq = last_seq

    def _count_seconds(self, reader: SessionReader, last_seq: int) -> None:
        """From the newest callbacks back, until those of a whole chunk are too old to matter."""
        until = last_seq
        while until > self._last_seq:
            after = max(self._last_seq, until - _CHUNK)
            found = Counter(dict(reader.arrivals(after, until)))
            self._seconds += found
            if self._seconds and not any(second > max(self._seconds) - WINDOW for second in found):
                break
            until = after
        newest = max(self._seconds, default=0)
        self._seconds = Counter({one: n for one, n in self._seconds.items() if one > newest - WINDOW})

    # -- what comes of it ---------------------------------------------------------------------

    def _insight(self, reader: SessionReader, stalled_before: int | None) -> Insight:
        summary = reader.summary()
        letters: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        errors: Counter[str] = Counter()
        for (strip, joined, error), kind in self._kinds.items():
            number = self._of_kind[kind]
            for letter in set(strip):
                letters[letter] += number
            for code in joined.strip(",").split(",") if joined else ():
                codes[code] += number
            if error:
                errors[error] += number
        if stalled_before is not None:
            codes[FindingCode.STALLED.value] = sum(map(stalled_before.__ge__, self._waiting))
        return Insight(
            callbacks=summary.callbacks,
            messages=summary.messages,
            reached={status: letters[status[0]] for status in REACHED},
            ended={status: summary.by_status.get(status, 0) for status in ENDED},
            delivered=self._took.total(),
            percentiles=percentiles(self._took),
            buckets=buckets(self._took),
            errors=ranked(errors),
            findings=ranked(codes),
            drift=self._drift(),
            seconds=dict(self._seconds),
        )

    def _drift(self) -> Drift:
        kinds: dict[str, Counter[str]] = {}
        bodies: Counter[str] = Counter()
        for (path, code, what), number in self._breaches.items():
            if path == "$":
                bodies[code] += number
            else:
                kinds.setdefault(path.removeprefix("$."), Counter())[_kind_word(code, what)] += number
        fields = [FieldDrift(name, found.total(), ranked(found)) for name, found in kinds.items()]
        fields.sort(key=lambda one: (-one.callbacks, one.name))
        names = {text: unknown_field_in(text) for text in self._unknown}
        unknown = Counter({name: self._unknown[text] for text, name in names.items() if name is not None})
        return Drift(tuple(fields[:_MOST_FIELDS]), ranked(unknown), ranked(bodies))


def _kind_word(code: str, what: str | None) -> str:
    """`missing`, `a string` (the type found), `not an allowed value`, `wrong format`."""
    match code:
        case "type":
            _, found, word = (what or "").rpartition(", not ")
            return word.removesuffix(".") if found else "wrong type"
        case "enum":
            return "not an allowed value"
        case "format":
            return "wrong format"
        case _:
            return code
