"""What a sender is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from multidict import CIMultiDict

from inspector import __version__

_SERVER = f"callback-inspector/{__version__}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers and body. The default is what SignalWire expects: 200 and nothing else."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def response(self) -> web.Response:
        headers = CIMultiDict(self.headers)
        headers.setdefault("Server", _SERVER)
        response = web.Response(status=self.status, headers=headers, text=self.body or None)
        if headers.get("Connection", "").lower() == "close":
            response.force_close()  # aiohttp sends the header, but does not act on it
        return response

    def as_json(self) -> dict[str, Any]:
        """The answer as the session keeps it: the status, and headers and body where there are any."""
        result: dict[str, Any] = {"status": self.status}
        if self.headers:
            result["headers"] = [[name, value] for name, value in self.headers.items()]
        if self.body:
            result["body"] = self.body
        return result


OK = Reply()
TOO_LARGE = Reply(413, {"Connection": "close"})
TIMED_OUT = Reply(408, {"Connection": "close"})
INCOMPLETE = Reply(400, {"Connection": "close"})
NOT_KEPT = Reply(503, {"Retry-After": "5"}, "The callback could not be stored. Please send it again.\n")
