"""A callback as a cURL line that sends the same request again, safe to paste into a POSIX shell."""

from shlex import quote
from typing import Final

from inspector.session.exchange.copy_as.sendable import origin, sendable, visible
from inspector.session.records import CallbackRow

# What cURL would add when the sender did not send it.
_ADDED: Final = ("User-Agent", "Accept")
_SAFE_LENGTH: Final = 100_000


def curl_line(callback: CallbackRow) -> str:
    """The request of `callback` as one cURL command against its original target.

    A body that cannot be typed as text (control characters, bytes that are no UTF-8, or more than an
    argument may hold) is piped in by printf. Header lines that no client may send are left out.
    """
    text = _typable(callback.body)
    piped = bool(callback.body) and text is None
    words = ["curl", *_method(callback), *_address(callback)]
    for header in _headers(callback, has_body=bool(callback.body)):
        words += ["-H", header]
    if piped:
        words += ["--data-binary", "@-"]
    elif callback.body:
        words += ["--data-raw", text or ""]
    line = " ".join(quote(word) for word in words)
    return f"printf {quote(_printf_format(callback.body))} | {line}" if piped else line


def _method(callback: CallbackRow) -> list[str]:
    match callback.method:
        case "HEAD":
            return ["--head"]
        case "GET" if not callback.body:
            return []
        case method:
            return ["-X", visible(method)]


def _address(callback: CallbackRow) -> list[str]:
    target = visible(callback.target)
    if target.startswith(("http://", "https://")):
        extra: list[str] = []
        address = target
    elif target.startswith("/"):
        address, extra = origin(callback) + target, []
    else:
        address, extra = f"{origin(callback)}/", ["--request-target", target]
    if any(character in address for character in "[]{}"):
        extra.append("--globoff")
    if "/." in address:
        extra.append("--path-as-is")
    return [*extra, address]


def _headers(callback: CallbackRow, *, has_body: bool) -> list[str]:
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in sendable(callback.headers)]
    names = {name.lower() for name, _ in callback.headers}
    absent = [*_ADDED, *(["Content-Type"] if has_body else [])]
    return lines + [f"{name}:" for name in absent if name.lower() not in names]


def _typable(body: bytes) -> str | None:
    if len(body) > _SAFE_LENGTH:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    # A terminal acts on control characters in what is pasted into it, even between quotes.
    return text if all(line.isprintable() for line in text.split("\n")) else None


def _printf_format(body: bytes) -> str:
    return "".join(_PRINTF[byte] for byte in body)


def _printf(byte: int) -> str:
    if byte == 0x25:
        return "%%"
    if byte == 0x5C:
        return "\\\\"
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


_PRINTF: Final = tuple(_printf(byte) for byte in range(256))
