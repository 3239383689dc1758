"""What the signature doctor is told, and what it says."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from inspector.callbacks.signature import SignatureState

HEX_40: Final = "40 hex digits"
HEX_64: Final = "64 hex digits"
BASE64: Final = "28 characters of base64"
SCHEMES: Final = {HEX_40: "scheme A", HEX_64: "scheme A-256", BASE64: "scheme B or C"}


class Diagnosed(Enum):
    """What came out."""

    UNSIGNED = "unsigned"
    NO_KEY = "no key"
    FITS = "fits"
    OTHER_ADDRESS = "other address"
    """It fits for an address that is not tried on arrival."""
    OTHER_READING = "other reading"
    """The key is right, but header, body or scheme are not as they should be."""
    BODY_CHANGED = "body changed"
    BODY_CUT = "body cut"
    NO_FORM = "no form"
    NOTHING_FITS = "nothing fits"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known of one signature now. The texts are for the user and show neither key nor password.

    `state` is what the session would say with the present key and public URL. `remedy` is the public URL to
    set, with which `check_signature` finds the signature valid. `hint` says it all in a few words.
    """

    result: Diagnosed
    state: SignatureState
    title: str
    text: str
    hint: str = ""
    header: str | None = None
    form: str | None = None
    scheme: str | None = None
    url: str | None = None
    remedy: str | None = None
    tried: int = 0


@dataclass(frozen=True, slots=True)
class Signed:
    """The request: headers and raw target as they came. `truncated`: `body` is only the beginning."""

    headers: Sequence[tuple[str, str]]
    target: str
    body: bytes
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What a check is made with. `key_fits_others`: another callback's signature was found valid with this key."""

    key: str | None = field(repr=False)
    public_url: str | None
    own_origin: str
    key_fits_others: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One header, its value as octets of a digest, and the form it was written in."""

    header: str
    octets: bytes
    form: str

    @property
    def hexadecimal(self) -> bool:
        return self.form != BASE64


def read_signature(header: str, value: str) -> Signature | None:
    """A signature as octets, in whichever of the headers it came; None where it has no known form."""
    try:
        if re.fullmatch(r"[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}", value):
            return Signature(header, bytes.fromhex(value), HEX_40 if len(value) == 40 else HEX_64)
        if re.fullmatch(r"[0-9A-Za-z+/]{27}=", value):
            return Signature(header, base64.b64decode(value, validate=True), BASE64)
    except (binascii.Error, ValueError):
        return None
    return None


UNSIGNED: Final = Diagnosis(
    Diagnosed.UNSIGNED,
    SignatureState.ABSENT,
    "Not signed",
    "The callback came without a signature. SignalWire does not sign every status callback: this is normal.",
)


def without_form(came: tuple[str, str]) -> Diagnosis:
    """For a header (name, value) that holds something else than a signature of SignalWire's."""
    header, value = came
    length = f"{len(value):,} characters" if value else "nothing"
    text = (
        f"The header holds {length}, which is no form of a signature that SignalWire uses: 40 or 64 hex digits, "
        f"or 28 characters of base64. Something else signed the callback, or cut the header."
    )
    return Diagnosis(
        Diagnosed.NO_FORM, SignatureState.INVALID, "No signature of SignalWire", text, "no known form", header=header
    )
