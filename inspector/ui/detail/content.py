"""What the detail pane shows, read from a session in one go."""

from dataclasses import dataclass, field
from typing import Final

from inspector.callbacks.findings import Finding
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow, CallbackSummary, ForwardRow, MessageRow, ReplayRow, TransitionRow
from inspector.ui.log_wording import log_remark

MOST_CALLBACKS: Final = 1000
_MOST_REPLAYS: Final = 20


@dataclass(frozen=True, slots=True)
class MessageDetail:
    """A message with its life. `callbacks` are in the order of arrival: the first ones, and those of the life."""

    message: MessageRow
    transitions: list[TransitionRow]
    findings: list[Finding]
    callbacks: list[CallbackSummary]
    log_remark: tuple[str, str] | None = None
    """What the message log says otherwise: severity and text."""


@dataclass(frozen=True, slots=True)
class CallbackDetail:
    """One callback in full, what the developer's own application answered to it, and what came of sending it again."""

    callback: CallbackRow
    forwards: list[ForwardRow]
    replays: list[ReplayRow] = field(default_factory=list)


def load_message(reader: SessionReader, row: int) -> MessageDetail | None:
    """The message of this row, or None when the session has none."""
    message = reader.message(row)
    if message is None:
        return None
    transitions = reader.transitions(row)[-MOST_CALLBACKS:]
    callbacks = reader.callbacks_of(row, MOST_CALLBACKS)
    if message.callbacks > len(callbacks):
        # Retries without number must not hide how the life went on.
        seen = {one.seq for one in callbacks}
        later = reader.callback_summaries([one.callback for one in transitions if one.callback not in seen])
        callbacks += [later[seq] for seq in sorted(later)]
    logged = reader.logged(message.id)
    remark = None if logged is None else log_remark(logged, reader.deaf_windows())
    return MessageDetail(message, transitions, reader.findings(row), callbacks, remark)


def load_callback(reader: SessionReader, seq: int) -> CallbackDetail | None:
    """The callback with this number, or None when the session has none."""
    callback = reader.callback(seq)
    return (
        None if callback is None else CallbackDetail(callback, reader.forwards(seq), reader.replays(seq, _MOST_REPLAYS))
    )
