"""What the user wishes simulated messages to say, in the place of what would be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from inspector.callbacks.sendable import WHATSAPP, address_problem, body_problem, variables_problem


@dataclass(frozen=True, slots=True)
class OwnData:
    """The user's own numbers, body and custom variables; None leaves one to the scenario.

    Raises ValueError, in words for the user, for what could not be sent.
    """

    to: str | None = None
    from_: str | None = None
    body: str | None = None
    custom_variables: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for name, address in (("To", self.to), ("From", self.from_)):
            if address is not None and (problem := address_problem(address)):
                raise ValueError(f"{name}: {problem}")
        if self.body is not None and (problem := body_problem(self.body)):
            raise ValueError(f"Body: {problem}")
        if self.custom_variables is not None and (problem := variables_problem(list(self.custom_variables.items()))):
            raise ValueError(f"Custom variables: {problem}")

    def fields(self, prefix: str) -> dict[str, Any]:
        """The fields that stand before `number_of_segments`; a number without `prefix` gets it."""
        own = {"to": _with(prefix, self.to), "from": _with(prefix, self.from_), "body": self.body}
        return {name: value for name, value in own.items() if value is not None}

    def last(self) -> dict[str, Any]:
        """The fields that stand behind it."""
        return {} if self.custom_variables is None else {"custom_variables": dict(self.custom_variables)}


def _with(prefix: str, address: str | None) -> str | None:
    if address is None or not prefix or address.startswith(WHATSAPP) or not address.startswith("+"):
        return address
    return prefix + address


NOTHING_OWN: Final = OwnData()
