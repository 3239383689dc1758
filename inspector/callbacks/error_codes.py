"""The catalogue of error codes: what a code means and what to do next.

The texts live in `resources/error_codes.json`; this room does no I/O, so the caller hands the text in.
`error_code` is specific to a provider: any value that the catalogue does not know is normal.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One error: its numeric code, what it means, what the developer does next.

    `names` are the words that newer API versions send in place of the number. `address` is the
    page of SignalWire's documentation that lists the code.
    """

    code: str
    title: str
    meaning: str
    remedy: str
    names: tuple[str, ...]
    address: str


class CatalogueError(ValueError):
    """The text is no catalogue; the message says what is wrong, and in which entry."""

    def __init__(self, wrong: str) -> None:
        super().__init__(f"error catalogue: {wrong}")


_TEXTS = ("code", "title", "meaning", "remedy")


class ErrorCatalogue:
    """The entries in their order, found by code or by name."""

    def __init__(self, entries: Iterable[ErrorEntry]) -> None:
        """Raises CatalogueError when two entries share a code or a name."""
        self._entries = tuple(entries)
        self._by_key: dict[str, ErrorEntry] = {}
        for entry in self._entries:
            for key in (entry.code, *entry.names):
                if key in self._by_key:
                    raise CatalogueError(f"“{key}” comes twice")
                self._by_key[key] = entry

    @classmethod
    def from_json(cls, text: str) -> "ErrorCatalogue":
        """The catalogue that `text` holds: `{"address": ..., "entries": [{"code": ..., ...}]}`.

        Raises CatalogueError, a ValueError that says what is wrong, and in which entry.
        """
        try:
            document = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            raise CatalogueError(f"not JSON: {error}") from None
        if not isinstance(document, dict) or not isinstance(document.get("entries"), list):
            raise CatalogueError("must be an object with an array “entries”")
        address = document.get("address")
        if not isinstance(address, str) or not address.startswith("https://"):
            raise CatalogueError("“address” must be an https address")
        return cls(_entry(number, value, address) for number, value in enumerate(document["entries"], 1))

    def explain(self, code: str | None) -> ErrorEntry | None:
        """The entry of a numeric code or of a name, taken as it is; None for null and for every other value."""
        return None if code is None else self._by_key.get(code)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[ErrorEntry]:
        return iter(self._entries)


def _entry(number: int, value: Any, address: str) -> ErrorEntry:
    if not isinstance(value, dict):
        raise CatalogueError(f"entry {number} must be an object")
    if unknown := value.keys() - {*_TEXTS, "names"}:
        raise CatalogueError(f"entry {number} has an unknown field “{min(unknown)}”")
    for name in _TEXTS:
        if not isinstance(value.get(name), str) or not value[name].strip():
            raise CatalogueError(f"entry {number} needs a text “{name}”")
    names = value.get("names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise CatalogueError(f"“names” of entry {number} must be an array of texts")
    code, title, meaning, remedy = (value[name] for name in _TEXTS)
    return ErrorEntry(code, title, meaning, remedy, tuple(names), address)
