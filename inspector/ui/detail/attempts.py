"""Which attempt at a callback each one was, and what of ours made the sender try again."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from inspector.session.records import CallbackSummary
from inspector.ui.texts import duration_text

MOST_ATTEMPTS: Final = 3
"""The provider's delivery contract: at most two retries."""

_SLOW_MS: Final = 5_000
_LARGE: Final = 64_000


def attempt_texts(callbacks: Iterable[CallbackSummary]) -> dict[int, str]:
    """By number, in words, those of a message's callbacks that followed an answer which asks for another attempt.

    `callbacks` are in the order of arrival. A callback that is repeated after an answer as it should be is no
    attempt of this kind, and begins a new count.
    """
    texts: dict[int, str] = {}
    last: dict[tuple[str | None, str | None], tuple[int, str]] = {}
    for one in callbacks:
        hop = _hop(one)
        if hop:
            texts[one.seq] = f"after {'a redirect' if hop == 1 else f'{hop} redirects'}"
            continue
        if not one.valid:
            continue
        state = (one.status, one.timestamp)
        number, why = last.get(state, (0, ""))
        number = number + 1 if why else 1
        if why:
            of = f" of {MOST_ATTEMPTS}" if number <= MOST_ATTEMPTS else ""
            texts[one.seq] = f"attempt {number}{of}, after {why}"
        last[state] = (number, fault_text(one))
    return texts


def answer_text(one: CallbackSummary) -> str:
    """What was unusual in our answer, for the callback itself: “answered 500”; empty where nothing was."""
    reply: Mapping[str, Any] = one.reply or {}
    match reply.get("dropped"):
        case "reset":
            return "we reset it"
        case "closed":
            return "we hung up"
    if reply.get("gave_up"):
        return "sender gave up"
    return f"answered {one.reply_status}" if one.reply_status >= 300 else ""


def fault_text(one: CallbackSummary) -> str:
    """What was wrong with our answer, as “our 500” or “a reset connection”; empty where nothing was."""
    reply: Mapping[str, Any] = one.reply or {}
    delay = reply.get("delay_ms")
    size = reply.get("body_bytes")
    match reply.get("dropped"):
        case "reset":
            return "a reset connection"
        case "closed":
            return "no answer"
    if isinstance(delay, int) and (delay > _SLOW_MS or reply.get("gave_up")):
        return f"our slow answer ({duration_text(delay)})"
    if one.reply_status >= 400:
        return f"our {one.reply_status}"
    if 300 <= one.reply_status < 400:
        return "our redirect"
    if isinstance(size, int) and size > _LARGE:
        return f"our body of {size:,} bytes"
    return ""


def _hop(one: CallbackSummary) -> int:
    hop = (one.reply or {}).get("hop")
    return hop if isinstance(hop, int) else 0
