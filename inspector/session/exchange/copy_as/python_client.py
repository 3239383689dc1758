"""Callbacks as Python programs that send them again, with aiohttp or httpx."""

from collections.abc import Sequence

from inspector.session.exchange.copy_as.python_text import bytes_literal, comment, pairs_literal
from inspector.session.exchange.copy_as.sendable import exact_headers, origin, path_of, sendable, visible
from inspector.session.records import CallbackRow

_AIOHTTP = """

async def main() -> None:
    # Only what the sender sent, nothing that aiohttp would add.
    own = ["User-Agent", "Accept", "Accept-Encoding", "Content-Type"]
    async with aiohttp.ClientSession(skip_auto_headers=own) as session:
        for method, origin, target, headers, body in REQUESTS:
            address = yarl.URL(origin + target, encoded=True)
            async with session.request(
                method, address, headers=headers, data=body or None, allow_redirects=False
            ) as answer:
                print(method, address, answer.status, await answer.read())


asyncio.run(main())
"""
_HTTPX = """

with httpx.Client() as client:
    for method, origin, target, headers, body in REQUESTS:
        # The target goes out as it was captured; httpx would normalise it.
        exact = {"target": target.encode()}
        request = httpx.Request(method, origin, headers=headers, content=body, extensions=exact)
        answer = client.send(request)
        print(method, origin + target, answer.status_code, answer.content)
"""


def aiohttp_program(callbacks: Sequence[CallbackRow]) -> str:
    """A program for aiohttp. Header values that are no UTF-8 are sent as such all the same: aiohttp knows no other."""
    entries = "".join(_entry(callback, _alike(sendable(callback.headers))) for callback in callbacks)
    head = "import asyncio\n{base64}\nimport aiohttp\nimport yarl\n"
    return _program(head, entries, _AIOHTTP)


def httpx_program(callbacks: Sequence[CallbackRow]) -> str:
    """A program for httpx."""
    entries = "".join(_entry(callback, exact_headers(callback)) for callback in callbacks)
    return _program("{base64}\nimport httpx\n", entries, _HTTPX)


def _program(head: str, entries: str, rest: str) -> str:
    needed = "import base64\n" if "base64.b64decode(" in entries else ""
    return head.replace("{base64}\n", f"{needed}\n").lstrip("\n") + f"\nREQUESTS = [\n{entries}]\n{rest}"


def _entry(callback: CallbackRow, headers: Sequence[tuple[str, str | bytes]]) -> str:
    told = f"callback {callback.seq}" + (f", {comment(callback.status)}" if callback.status else "")
    cut = "    # Only the beginning of the body was captured.\n" if callback.truncated else ""
    return (
        f"    # {told}\n{cut}"
        "    (\n"
        f"        {visible(callback.method)!r},\n"
        f"        {origin(callback)!r},\n"
        f"        {path_of(callback)!r},\n"
        f"        {pairs_literal(headers, 8)},\n"
        f"        {bytes_literal(callback.body, 8)},\n"
        "    ),\n"
    )


def _alike(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str | bytes]]:
    # aiohttp drops a repeated header whose name is spelled otherwise than before.
    spellings: dict[str, str] = {}
    return [(spellings.setdefault(name.lower(), name), value) for name, value in headers]
