"""Checks the signatures of the callbacks of a session, from beside; the file stays as it is."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from inspector.callbacks.diagnosis import Diagnosed, Diagnosis, Means, Signed
from inspector.callbacks.signature import SignatureState
from inspector.callbacks.signature_doctor import checked_as_on_arrival, diagnose
from inspector.session.conditions import Condition
from inspector.session.exchange.selection import Progress, watched
from inspector.session.reader import SessionReader
from inspector.session.records import CallbackRow

_SIGNED: Final = Condition("c.signature <> 'absent'")
_MOST_EXAMINED: Final = 50
"""A doctor's time is worth a hundred checks; what is wrong with many is mostly one thing."""


@dataclass
class Checked:
    """What came out: how many fit, and what the doctor said of the first that did not, by its title."""

    valid: int = 0
    invalid: int = 0
    first_invalid: int | None = None
    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def commonest(self) -> Diagnosis | None:
        """What is wrong with most of those that were examined."""
        return None if not self.counts else self.diagnoses[self.counts.most_common(1)[0][0]]

    def text(self) -> str:
        """For the user."""
        total = self.valid + self.invalid
        if not total:
            return "No callback of this session is signed, so there is nothing to check."
        if not self.invalid:
            return f"Every signature fits: {total:,} of {total:,} signed callbacks."
        parts = [f"{self.valid:,} of {total:,} signatures fit. The first that does not: callback {self.first_invalid}."]
        commonest = self.commonest
        if commonest is not None:
            parts += ["", f"{commonest.title}. {commonest.text}"]
        return "\n".join(parts)


def count_signed(path: Path) -> int:
    """How many callbacks of a session came with a signature. Raises SessionError when it cannot be read."""
    with SessionReader(path) as reader:
        return reader.count(Condition("0"), _SIGNED).callbacks


def check_session(path: Path, means: Means, progress: Progress) -> Checked:
    """Check them all. Raises SessionError when the session cannot be read, Cancelled when the user does not wait."""
    checked = Checked()
    with SessionReader(path) as reader:
        total = reader.count(Condition("0"), _SIGNED).callbacks
        for callback in watched(reader.callbacks(_SIGNED), progress, 0, total):
            _check(callback, means, checked)
    return checked


def _check(callback: CallbackRow, means: Means, checked: Checked) -> None:
    signed = as_signed(callback)
    if checked_as_on_arrival(signed, means).state is SignatureState.VALID:
        checked.valid += 1
        return
    checked.invalid += 1
    if checked.first_invalid is None:
        checked.first_invalid = callback.seq
    if checked.invalid <= _MOST_EXAMINED:
        diagnosis = diagnose(signed, means)
        name = f"{diagnosis.title} {diagnosis.remedy if diagnosis.result is Diagnosed.OTHER_ADDRESS else ''}"
        checked.diagnoses.setdefault(name, diagnosis)
        checked.counts[name] += 1


def as_signed(callback: CallbackRow) -> Signed:
    """A stored callback for the doctor."""
    return Signed(callback.headers, callback.target, callback.body, callback.truncated)
