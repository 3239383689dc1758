"""Rules in words."""

from http import HTTPStatus

from inspector.capture.rules import Action, Rule

_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


def answer_words(rule: Rule) -> str:
    """What is answered: `500 Internal Server Error after 5.5 s`."""
    match rule.action:
        case Action.DROP:
            text = "Hang up without an answer"
        case Action.RESET:
            text = "Reset the connection"
        case Action.REDIRECT if rule.location:
            text = f"{rule.code} redirect to {rule.location}"
        case Action.REDIRECT if rule.redirects == 1:
            text = f"{rule.code} redirect to its own address"
        case Action.REDIRECT:
            text = f"{rule.redirects} redirects in a row ({rule.code})"
        case Action.ANSWER:
            text = _status(rule.code) + _extras(rule)
    return f"{text}, after {rule.delay:g} s" if rule.delay else text


def condition_words(rule: Rule) -> str:
    """Which callbacks: `Status delivered · 1st attempt`."""
    parts = []
    if rule.path:
        parts.append(f"Path {rule.path}" if any(one in rule.path for one in "*?[") else f"Path begins {rule.path}")
    if rule.status:
        parts.append(f"Status {rule.status}")
    if rule.number:
        parts.append(f"To or From has {rule.number}")
    if rule.attempt:
        ordinal = _ORDINALS.get(rule.attempt, f"{rule.attempt}th")
        parts.append(f"{ordinal} attempt" if parts else f"The {ordinal} attempt at each callback")
    return " · ".join(parts) or "Every callback"


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _extras(rule: Rule) -> str:
    parts = []
    if rule.headers:
        parts.append("1 header" if len(rule.headers) == 1 else f"{len(rule.headers)} headers")
    size = max(len(rule.body.encode()), rule.filler)
    if size:
        parts.append(f"a body of {size:,} bytes")
    return f" with {' and '.join(parts)}" if parts else ""
