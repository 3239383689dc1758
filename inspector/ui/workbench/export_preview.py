"""What leaves in an export, shown before it does: one message and one callback, and how much is replaced."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from inspector.session.exchange.redaction import CATEGORIES, Redaction, Redactor
from inspector.session.exchange.selection import Part, Progress, Selection, opened
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, MessageRow
from inspector.ui.texts import count_text
from inspector.ui.workbench.record_lines import callback_lines, message_lines

LOOKED_AT: Final = 500
"""So many messages and callbacks are counted in."""

_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "numbers": ("number", "numbers"),
    "bodies": ("text", "texts"),
    "ids": ("id", "ids"),
    "signatures": ("header", "headers"),
    "addresses": ("address", "addresses"),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """A sample as it is and as it leaves, and how many things are replaced, by category."""

    messages: int
    callbacks: int
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    replaced: Mapping[str, int] | None = None
    different_numbers: int = 0

    @property
    def counts_text(self) -> str:
        """How much is replaced, in a sentence."""
        replaced = self.replaced or {}
        parts = [
            count_text(replaced[name], *_NOUNS[name])
            + (f" ({self.different_numbers:,} different)" if name == "numbers" else "")
            for name in CATEGORIES
            if replaced.get(name)
        ]
        if not parts:
            return "Nothing is replaced."
        whole = max(self.messages, self.callbacks) <= LOOKED_AT
        where = "" if whole else f" in the first {LOOKED_AT} messages and callbacks"
        return f"Replaced{where}: {', '.join(parts)}."

    @property
    def size_text(self) -> str:
        messages = count_text(self.messages, "message", "messages")
        return f"{messages}, {count_text(self.callbacks, 'callback', 'callbacks')}"


def preview(path: Path, selection: Selection, redaction: Redaction | None, progress: Progress) -> Preview:
    """The preview of an export. Reads the session with a connection of its own; takes a moment.

    Raises SessionError when it cannot be read, Cancelled when `progress` says so.
    """
    with SessionReader(path) as reader, opened(reader, selection, progress=progress) as part:
        sizes = (part.summary.messages, part.summary.callbacks)
        if redaction is None:
            return Preview(*sizes)
        return _sampled(part, Redactor(redaction), sizes)


def _sampled(part: Part, redactor: Redactor, sizes: tuple[int, int]) -> Preview:
    messages = list(islice(part.messages(), LOOKED_AT))
    callbacks = list(islice(part.callbacks(), LOOKED_AT))
    message = _telling(messages)
    callback = _callback_of(part, message, callbacks)
    redacted = {row.row: redactor.message(row) for row in messages}
    leaving = {row.seq: redactor.callback(row) for row in callbacks}
    replaced = dict(redactor.replaced)
    different = redactor.different_numbers
    before: list[str] = []
    after: list[str] = []
    if message is not None:
        transitions, findings = part.reader.transitions(message.row), part.reader.findings(message.row)
        before += message_lines(message, transitions, findings)
        after += message_lines(redacted[message.row], transitions, [redactor.finding(one) for one in findings])
    if callback is not None:
        shown = leaving.get(callback.seq) or redactor.callback(callback)
        head = [*([""] if before else []), f"Callback {callback.seq}"]
        before += [*head, *callback_lines(callback)]
        after += [*head, *callback_lines(shown)]
    return Preview(*sizes, tuple(before), tuple(after), replaced, different)


def _telling(messages: list[MessageRow]) -> MessageRow | None:
    """The message that shows most: one with an error's words, else the first."""
    return next((row for row in messages if row.error_message), messages[0] if messages else None)


def _callback_of(part: Part, message: MessageRow | None, callbacks: list[CallbackRow]) -> CallbackRow | None:
    if message is not None and (known := part.reader.callbacks_of(message.row)):
        return part.reader.callback(known[-1].seq)
    return callbacks[0] if callbacks else None
