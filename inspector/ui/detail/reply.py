"""The reply tab: what this program answered, and what the developer's own application did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtGui import QColor, QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.session.records import SentRow
from inspector.ui.detail.content import CallbackDetail
from inspector.ui.detail.raw import text_view
from inspector.ui.detail.raw_text import raw_text
from inspector.ui.detail.wording import status_line
from inspector.ui.texts import clock_text, duration_text, one_line
from inspector.ui.theme import Appearance, Colors

_LONGEST_BODY = 20_000


class Tone(Enum):
    TITLE = "title"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report and how it is to look."""

    text: str
    tone: Tone = Tone.PLAIN


def reply_lines(detail: CallbackDetail) -> list[Line]:
    """The reply, the forwards, and what came of sending the callback again, as lines of plain text."""
    reply = detail.callback.reply
    lines = [Line("Reply to the sender", Tone.TITLE), *_reply(reply)]
    for forward in detail.forwards:
        lines += [Line(""), Line(f"Forwarded to {one_line(forward.url, 300)}", Tone.TITLE), *_forward(forward)]
    for replay in reversed(detail.replays):  # the last one is the one of interest
        edited = ", edited" if replay.edited is not None else ""
        lines += [Line(""), Line(f"Sent again{edited} to {one_line(replay.url, 300)}", Tone.TITLE), *_forward(replay)]
    return lines


def _reply(reply: dict[str, Any]) -> Iterator[Line]:
    status = reply.get("status")
    number = status if isinstance(status, int) else None
    yield from _circumstances(reply, number)
    if reply.get("dropped"):
        return
    headers = reply.get("headers") or []
    yield from _headers([(str(pair[0]), str(pair[1])) for pair in headers if len(pair) == 2])
    size = reply.get("body_bytes")
    if isinstance(size, int):
        yield Line(f"A body of {size:,} bytes, made up", Tone.QUIET)
        return
    yield from _body(str(reply.get("body") or "").encode("utf-8", "replace"))


def _circumstances(reply: dict[str, Any], status: int | None) -> Iterator[Line]:
    """The status, or that there was none; and whose answer it was."""
    match reply.get("dropped"):
        case None:
            yield Line(status_line(status), _tone(status))
        case "reset":
            yield Line("No answer: the connection was reset", Tone.BAD)
        case _:
            yield Line("No answer: the connection was closed", Tone.BAD)
    parts = []
    if isinstance(rule := reply.get("rule"), str):
        parts.append(f"By the rule “{one_line(rule, 80)}”")
    if isinstance(hop := reply.get("hop"), int):
        parts.append(f"To redirect {hop} of a chain")
    match reply.get("from"):
        case "forward":
            parts.append("What your app answered")
        case "default":
            parts.append("Our own reply, as your app gave none in time")
    if isinstance(delay := reply.get("delay_ms"), int):
        parts.append(f"after {duration_text(delay)}")
    if parts:
        yield Line(" · ".join(parts), Tone.QUIET)
    if reply.get("gave_up"):
        yield Line("The sender had hung up before it was answered.", Tone.BAD)


def _forward(forward: SentRow) -> Iterator[Line]:
    when = f"{clock_text(forward.sent)} · {duration_text(forward.milliseconds)}"
    if forward.status is None:
        yield Line(f"No answer: {one_line(forward.error or 'unknown reason', 300)}", Tone.BAD)
        yield Line(when, Tone.QUIET)
        return
    yield Line(status_line(forward.status), _tone(forward.status))
    yield Line(when, Tone.QUIET)
    if forward.error:
        yield Line(one_line(forward.error, 300), Tone.BAD)
    yield from _headers(forward.headers)
    yield from _body(forward.body)


def _tone(status: int | None) -> Tone:
    return Tone.GOOD if status is not None and 200 <= status < 300 else Tone.BAD


def _headers(headers: Sequence[tuple[str, str]]) -> Iterator[Line]:
    for name, value in headers:
        yield Line(f"{one_line(name)}: {one_line(value, 1000)}")


def _body(body: bytes) -> Iterator[Line]:
    if not body:
        yield Line("Empty body", Tone.QUIET)
        return
    yield Line("")
    text = raw_text(body).text
    for line in text[:_LONGEST_BODY].rstrip("\n").split("\n"):
        yield Line(line)
    if len(text) > _LONGEST_BODY:
        yield Line(f"The first {_LONGEST_BODY:,} of {len(text):,} characters.", Tone.QUIET)


class ReplyTab(QWidget):
    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._lines: list[Line] = []
        self.view = text_view("Reply and forwards", self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.view)
        appearance.changed.connect(self._write)

    def show_callback(self, detail: CallbackDetail) -> None:
        lines = reply_lines(detail)
        if lines != self._lines:
            self._lines = lines
            self._write()

    def _write(self) -> None:
        scrolled = self.view.verticalScrollBar().value()
        formats = {tone: _format(tone, self._appearance.colors) for tone in Tone}
        self.view.clear()
        cursor = QTextCursor(self.view.document())
        cursor.beginEditBlock()
        for number, line in enumerate(self._lines):
            # insertText with a format takes the text as it is; it is never read as HTML.
            cursor.insertText(f"\n{line.text}" if number else line.text, formats[line.tone])
        cursor.endEditBlock()
        self.view.verticalScrollBar().setValue(scrolled)


def _format(tone: Tone, colors: Colors) -> QTextCharFormat:
    chosen: dict[Tone, QColor] = {
        Tone.GOOD: colors.status["delivered"].foreground,
        Tone.BAD: colors.severity["error"].foreground,
        Tone.QUIET: colors.muted,
    }
    result = QTextCharFormat()
    result.setForeground(chosen.get(tone, colors.text))
    if tone in (Tone.TITLE, Tone.GOOD, Tone.BAD):
        result.setFontWeight(QFont.Weight.DemiBold)
    return result
