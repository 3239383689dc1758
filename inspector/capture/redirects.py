"""Redirect chains to the callback's own address: how far one has come stands in the address itself."""

import re
from dataclasses import dataclass
from typing import Final, Self

from inspector.capture.rules import MOST_REDIRECTS, REDIRECTS, path_of

_MARK: Final = "inspector-redirect"
_MARKED: Final = re.compile(rf"(?:^|&){_MARK}=(\d{{3}})-(\d{{1,2}})-(\d{{1,2}})(?=&|$)")

_LEADING: Final = re.compile(r"\A[/\\\x00-\x20]+")
"""Two slashes would begin the name of another host; many take a backslash for one, and leave control characters out."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A request that a redirect led to: the `number`th of its chain, after which `left` more come."""

    code: int
    left: int
    number: int

    @classmethod
    def of(cls, target: str) -> Self | None:
        """What a request target says of itself; None where no redirect of ours led to it."""
        found = _MARKED.search(_query_of(target)) if _MARK in target else None
        if found is None:
            return None
        code, left, number = map(int, found.groups())
        # Anybody can write such an address: it must not keep a sender going round for ever.
        if code not in REDIRECTS or not 1 <= number <= MOST_REDIRECTS or left + number > MOST_REDIRECTS:
            return None
        return cls(code, left, number)

    def location(self, target: str) -> str:
        """Where this hop is, as a reference relative to the host, so that it holds behind a tunnel too."""
        query = _MARKED.sub("", _query_of(target)).lstrip("&")
        path = f"/{path_of(target).partition('://')[2].partition('/')[2]}" if "://" in target else path_of(target)
        path = "/" + _LEADING.sub("", path, count=1)
        return f"{path}?{query}{'&' if query else ''}{_MARK}={self.code}-{self.left}-{self.number}"


def _query_of(target: str) -> str:
    return target.split("#", 1)[0].partition("?")[2]
