"""What an answer to a callback means for the one who gave it."""

_KNOWN = {
    400: "the receiver takes the callback for a bad request",
    401: "the receiver wants credentials, or refuses the signature",
    403: "the receiver refuses the callback, often for its signature",
    404: "nothing is there under this path",
    405: "the path does not take POST",
    408: "the receiver waited too long for the request",
    413: "the body is too large for the receiver",
    415: "the receiver does not take this content type",
    422: "the receiver does not like a value in the callback",
    429: "the receiver has too much to do",
    502: "a proxy reaches no application",
    503: "the receiver is not ready",
    504: "a proxy waited too long for the application",
}


def answer_in_words(status: int) -> str:
    """A line about an HTTP status that is no success."""
    if 300 <= status < 400:
        return f"{status}: a redirect; give SignalWire the address where it leads."
    meaning = _KNOWN.get(status, "the receiver failed" if status >= 500 else "the receiver refuses the callback")
    return f"{status}: {meaning}."
