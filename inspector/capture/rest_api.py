"""SignalWire's REST API, as far as messages go: send one, read the message log.

Shapes and errors are those of the public reference (https://signalwire.com/docs/apis). The token is in no error, no
log and no repr; requests go to `https://<space>.signalwire.com` only, and redirects are not followed.
"""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)
from yarl import URL

from inspector.capture.closed_after_use import ClosedAfterUse

SECONDS: Final = 15.0
_LARGEST_ANSWER: Final = 4 * 1024 * 1024
_MOST_PAGES: Final = 10_000
_MOST_REASONS: Final = 20
_SPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_HOST: Final = ".signalwire.com"
_LOGS: Final = "/api/messaging/logs"


class Trouble(Enum):
    """What kind of thing went wrong."""

    ACCOUNT = "account"
    """The space name, project id or token cannot be right; nothing was sent."""
    CREDENTIALS = "credentials"
    NO_SPACE = "no space"
    NO_MESSAGE = "no message"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the API's own reasons: `attribute` is the parameter it is about, `code` a number or a word."""

    attribute: str
    code: str
    text: str


class ApiError(Exception):
    """The API did not do what it was asked. The message says why, in the user's words, and what to do."""

    def __init__(
        self, trouble: Trouble, text: str, *, status: int | None = None, reasons: tuple[Reason, ...] = ()
    ) -> None:
        super().__init__(text)
        self.trouble = trouble
        self.status = status
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the message log."""

    records: tuple[dict[str, Any], ...]
    last: bool


def space_name(text: str) -> str:
    """The name of a space, from what a user pastes: the name, the host, or an address of the dashboard.

    Raises ApiError when it cannot be a name.
    """
    name = text.strip().lower()
    name = name.removeprefix("https://").removeprefix("http://")
    name = name.split("/", 1)[0].removesuffix(_HOST)
    if not name:
        raise ApiError(
            Trouble.ACCOUNT, "Enter the name of the space: the first part of its address, before .signalwire.com."
        )
    if _SPACE.fullmatch(name) is None:
        raise ApiError(
            Trouble.ACCOUNT,
            "This is no space name: it has letters, digits and hyphens, such as “example” of example.signalwire.com.",
        )
    return name


class RestApi(ClosedAfterUse):
    """A client for one project. Use it in an `async with` block, or close it."""

    def __init__(
        self, space: str, project: str, token: str, *, base: str | None = None, seconds: float = SECONDS
    ) -> None:
        """`base` replaces `https://<space>.signalwire.com` in tests; `seconds` is how long an answer may take.

        Raises ApiError when an argument cannot be right.
        """
        self.space = space_name(space)
        project, token = project.strip(), token.strip()
        if not project or ":" in project or not project.isprintable():
            raise ApiError(Trouble.ACCOUNT, "Enter the project id: in the dashboard under API, next to the tokens.")
        if not token:
            raise ApiError(Trouble.ACCOUNT, "Enter an API token with the scope Messaging: in the dashboard under API.")
        self._base = base or f"https://{self.space}{_HOST}"
        self._seconds = seconds
        login = b64encode(f"{project}:{token}".encode()).decode()
        self._session = ClientSession(
            headers={"Authorization": f"Basic {login}", "Accept": "application/json"},
            timeout=ClientTimeout(total=seconds),
            cookie_jar=DummyCookieJar(),
        )

    async def close(self) -> None:
        await self._session.close()

    async def send(self, *, to: str, from_: str, body: str, status_callback: str) -> dict[str, Any]:
        """Send a message. Returns its record, with `id` and `status`. Raises ApiError; it is not tried again."""
        wanted = {"to": to, "from": from_, "body": body, "status_callback": status_callback}
        record = await self._ask("POST", "/api/messaging/messages", content=wanted)
        if not isinstance(record.get("id"), str) or not record["id"]:
            raise ApiError(
                Trouble.DAMAGED, "The API took the message, but its answer names no id. Look into the message log."
            )
        return record

    async def log(self, message_id: str) -> dict[str, Any]:
        """What the log says of one message. Raises ApiError."""
        return await self._ask("GET", f"{_LOGS}/{quote(message_id, safe='')}")

    async def check(self) -> None:
        """Ask for one entry of the log, to see whether space, project and token go together. Raises ApiError."""
        await self._ask("GET", _LOGS, {"page_size": "1"})

    async def logs(self, after: date, before: date, *, page_size: int = 200) -> AsyncIterator[Page]:
        """The log of the messages between two days, page by page. Raises ApiError.

        The reference gives days without saying where theirs begin: ask for one more on both sides, and look at
        `created_at`. Of `links.next` only the query is taken, so that no answer leads to another host.
        """
        query = {"created_after": after.isoformat(), "created_before": before.isoformat(), "page_size": str(page_size)}
        seen: set[tuple[tuple[str, str], ...]] = set()
        while len(seen) < _MOST_PAGES:
            seen.add(tuple(sorted(query.items())))
            found = await self._ask("GET", _LOGS, query)
            records = found.get("data")
            if not isinstance(records, list):
                raise ApiError(Trouble.DAMAGED, "The API's answer has no list of messages. Try again later.")
            links = found.get("links")
            following = links.get("next") if isinstance(links, dict) else None
            query = dict(parse_qsl(urlsplit(following).query)) if isinstance(following, str) else {}
            # A page that leads to itself, or back, would never end.
            last = not query or tuple(sorted(query.items())) in seen
            yield Page(tuple(one for one in records if isinstance(one, dict)), last)
            if last:
                return

    async def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        content: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        status, body, error = 0, b"", None
        try:
            async with self._session.request(
                method,
                URL(self._base + path, encoded=True).update_query(query or {}),
                json=content,
                allow_redirects=False,
            ) as response:
                status = response.status
                body = await _read(response.content)
        except TimeoutError:
            error = ApiError(
                Trouble.SLOW,
                f"{self._host} did not answer within {self._seconds:g} seconds. "
                + (
                    "The message may have been sent all the same: look into the message log first."
                    if content
                    else "Try again."
                ),
            )
        except (ClientError, OSError, ValueError) as problem:
            error = self._unreachable(problem)
        # Raised out here, so that it has no context: aiohttp's errors carry the request, and that the token.
        if error is not None:
            raise error
        if not 200 <= status < 300:
            raise self._refusal(path, status, body)
        found = _parsed(body)
        if not isinstance(found, dict):
            raise ApiError(
                Trouble.DAMAGED,
                f"The answer of {self._host} is no JSON object ({status}): is there a proxy in between?",
            )
        return found

    @property
    def _host(self) -> str:
        return f"{self.space}{_HOST}"

    def _unreachable(self, problem: Exception) -> ApiError:
        match problem:
            case ClientConnectorDNSError():
                return ApiError(
                    Trouble.NO_SPACE,
                    f"There is no host {self._host}. Check the space name, and that this computer is online.",
                )
            case ClientConnectorCertificateError():
                return ApiError(
                    Trouble.UNREACHABLE,
                    f"{self._host} shows a certificate that this computer does not trust. Nothing was sent. "
                    "Is there a proxy in between?",
                )
        return ApiError(
            Trouble.UNREACHABLE,
            f"{self._host} cannot be reached ({type(problem).__name__}). Check the connection and try again.",
        )

    def _refusal(self, path: str, status: int, body: bytes) -> ApiError:
        reasons = _reasons(_parsed(body))
        trouble = Trouble.REFUSED
        match status:
            case 401 | 403:
                trouble = Trouble.CREDENTIALS
                text = (
                    f"{self._host} does not accept project id and token ({status}). Check that both are of this "
                    "space, and that the token has the scope Messaging."
                )
            case 404 if path.startswith(f"{_LOGS}/"):
                trouble = Trouble.NO_MESSAGE
                text = "The message log knows no message of this id."
            case 404:
                trouble = Trouble.NO_SPACE
                text = f"{self._host} answers 404: there is no such space. Check the space name."
            case 422 | 400:
                text = f"The API refuses the request ({status})."
            case 429:
                text = "The API refuses the request (429): too many in a short time. Wait a minute and try again."
            case _ if 300 <= status < 400:
                text = f"{self._host} answers with a redirect ({status}), which is not followed. Check the space name."
            case _ if status >= 500:
                text = f"{self._host} has an error of its own ({status}). Try again later."
            case _:
                text = f"{self._host} answers {status}, which was not expected."
        return ApiError(trouble, text, status=status, reasons=reasons)


async def _read(content: Any) -> bytes:
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            return b""  # no answer of this API is as large; it counts as damaged
    return bytes(body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _reasons(answer: Any) -> tuple[Reason, ...]:
    """`errors: [{type, code, message, attribute, url}]`, as far as an answer has it."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if not isinstance(errors, list):
        return ()
    return tuple(
        Reason(*(_word(one.get(name)) for name in ("attribute", "code", "message")))
        for one in errors[:_MOST_REASONS]
        if isinstance(one, dict)
    )


def _word(value: Any) -> str:
    return str(value)[:400] if isinstance(value, (str, int)) else ""
