"""What is worth a notification: the rules, what they say of callbacks, and how several events are summed up.

Free of Qt. Texts hold no message bodies, and of numbers only the last four digits: notifications are shown on locked
screens and kept by desktops.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from inspector.callbacks.error_codes import ErrorCatalogue
from inspector.callbacks.findings import FindingCode
from inspector.session.query import term
from inspector.session.records import Appended, Received
from inspector.settings import Settings
from inspector.ui.texts import count_text

_REMEMBERED: Final = 4096
_CODE: Final = re.compile(r"[\w.-]{1,40}", re.ASCII)
_FAILURES: Final = ("undelivered", "failed")


class Kind(Enum):
    """Why something is worth a notification; the worst first."""

    FAILED = "failed"
    ERROR = "error"
    STALLED = "stalled"
    INVALID = "invalid"
    MATCHED = "matched"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user wants to hear of. `codes` are error codes, `text` is a filter."""

    failed: bool = False
    stalled: bool = False
    invalid: bool = False
    codes: frozenset[str] = frozenset()
    text: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        return cls(
            settings.notify_failed,
            settings.notify_stalled,
            settings.notify_invalid,
            frozenset(codes_in(settings.notify_codes)),
            settings.notify_filter.strip(),
        )

    @property
    def any(self) -> bool:
        return bool(self.failed or self.stalled or self.invalid or self.codes or self.text)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `message_id` is None for a callback that names no message."""

    kind: Kind
    message_id: str | None = None
    to: str | None = None
    status: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What is shown, and the filter (for the callbacks, if so) that a click on it sets."""

    title: str
    text: str
    filter: str
    callbacks: bool = False


def codes_in(text: str) -> list[str]:
    """The error codes of a list parted by commas or spaces."""
    return [code for code in re.split(r"[\s,;]+", text) if code]


class Watch:
    """Finds the events among callbacks. A message's failure is one event, however often it is told."""

    def __init__(self) -> None:
        self._known: dict[tuple[Kind, str], None] = {}

    def events(self, rules: Rules, received: Sequence[Received], appended: Sequence[Appended]) -> list[Event]:
        """The events that the rules ask for, apart from those that take a look at the session."""
        found = []
        for callback, one in zip(received, appended, strict=True):
            judgement = callback.judgement
            facts = judgement.facts
            if rules.invalid and not judgement.valid:
                found.append(Event(Kind.INVALID, one.message_id))
            if not judgement.valid or one.message_id is None:
                continue
            event = None
            if facts.error_code is not None and facts.error_code in rules.codes:
                event = Event(Kind.ERROR, one.message_id, facts.to, facts.status, facts.error_code)
            elif rules.failed and facts.status in _FAILURES:
                event = Event(Kind.FAILED, one.message_id, facts.to, facts.status, facts.error_code)
            if event is not None and not self._repeated(one) and self.is_new(event.kind, one.message_id):
                found.append(event)
        return found

    def is_new(self, kind: Kind, message_id: str) -> bool:
        """Whether a message is heard of in this way for the first time (the last few thousand are remembered)."""
        if (kind, message_id) in self._known:
            return False
        self._known[kind, message_id] = None
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return True

    @staticmethod
    def _repeated(one: Appended) -> bool:
        return any(finding.code is FindingCode.DUPLICATE for finding in one.findings)


def summed_up(events: Sequence[Event], catalogue: ErrorCatalogue, free_filter: str) -> Notice:
    """One notice about one or more events; the filter is about the worst kind among them."""
    kinds = [kind for kind in Kind if any(event.kind is kind for event in events)]
    parts = []
    for kind in kinds:
        number = sum(event.kind is kind for event in events)
        parts.append(_counted(kind, number))
    title = parts[0][:1].upper() + parts[0][1:]
    first = [event for event in events if event.kind is kinds[0]]
    lines = [", ".join(parts[1:]), *_details(first, catalogue)]
    wanted, callbacks = _filter(kinds[0], first, free_filter)
    return Notice(title, "\n".join(line for line in lines if line), wanted, callbacks)


def _counted(kind: Kind, number: int) -> str:
    messages = count_text(number, "message", "messages")
    match kind:
        case Kind.FAILED:
            return f"{messages} failed"
        case Kind.ERROR:
            return f"{messages} with an error that you watch for"
        case Kind.STALLED:
            return f"{messages} stalled"
        case Kind.INVALID:
            return count_text(number, "invalid callback", "invalid callbacks")
        case Kind.MATCHED:
            return count_text(number, "match of your filter", "matches of your filter")


def _details(events: Sequence[Event], catalogue: ErrorCatalogue) -> Iterable[str]:
    """A line on each of the first three, without anything that is nobody's business."""
    for event in events[:3]:
        words = [f"To {_tail(event.to)}" if event.to else "", event.status or "", error_words(event.error, catalogue)]
        yield ", ".join(word for word in words if word)
    if len(events) > 3 and any(event.to or event.status or event.error for event in events):
        yield f"and {len(events) - 3:,} more"


def _tail(number: str) -> str:
    digits = re.sub(r"[^0-9]", "", number)
    return f"…{digits[-4:]}" if len(digits) > 4 else "…"


def error_words(code: str | None, catalogue: ErrorCatalogue) -> str:
    """`error 30003, Handset cannot be reached`. A code that is not known is only named if it looks like one."""
    entry = catalogue.explain(code)
    if entry is not None:
        return f"error {code}, {entry.title}"
    return f"error {code}" if code and _CODE.fullmatch(code) else ""


def _filter(kind: Kind, events: Sequence[Event], free_filter: str) -> tuple[str, bool]:
    ids = {event.message_id for event in events}
    (one,) = ids if len(ids) == 1 else (None,)
    if kind is Kind.INVALID:
        return "is:invalid", True
    if kind is Kind.MATCHED:
        return free_filter, all(event.message_id is None for event in events)
    if one and one.isprintable():
        return term("id", one), False
    match kind:
        case Kind.FAILED:
            return "is:failed", False
        case Kind.STALLED:
            return f"finding:{FindingCode.STALLED}", False
        case _:
            codes = dict.fromkeys(event.error or "" for event in events)
            return f"error:{','.join(term('', code)[1:] for code in codes)}", False
