"""Callbacks as the requests that went over the wire, and their bodies alone."""

import base64
from collections.abc import Sequence

from inspector.session.exchange.copy_as.sendable import as_written, visible
from inspector.session.records import CallbackRow


def raw_requests(callbacks: Sequence[CallbackRow]) -> str:
    """HTTP/1.1 requests; several are parted by lines that begin with ###, as request editors do it.

    The head has the line ends of HTTP (CRLF). A body that came in chunks gets its length instead. Clipboards
    hold text: a body that is none follows in base64, which a comment before the request says.
    """
    parts = [_request(callback) for callback in callbacks]
    if len(parts) == 1:
        return parts[0]
    return "\n\n".join(f"### callback {one.seq}\n{part}" for one, part in zip(callbacks, parts, strict=True))


def bodies(callbacks: Sequence[CallbackRow]) -> str:
    """The bodies, each on a line of its own; one that is no text in base64."""
    return "\n".join(_text(callback.body)[0] for callback in callbacks)


def _request(callback: CallbackRow) -> str:
    text, is_text = _text(callback.body)
    head = [f"{visible(callback.method)} {visible(callback.target)} HTTP/1.1"]
    for name, value in callback.headers:
        if name.lower() == "transfer-encoding":
            head.append(f"Content-Length: {len(callback.body)}")
        else:
            head.append(f"{visible(name)}: {_on_one_line(as_written(value))}")
    comment = "" if is_text else "# The body is not text: it follows in base64.\n"
    return comment + "\r\n".join([*head, "", text])


def _on_one_line(value: str) -> str:
    return "".join(" " if character in "\r\n" else character for character in value)


def _text(body: bytes) -> tuple[str, bool]:
    try:
        return body.decode(), True
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), False
