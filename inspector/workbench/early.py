"""The tools that say how callbacks are received. They are made before listening, so no others are read in here."""

from typing import Final

from inspector.workbench.address import Address
from inspector.workbench.bench import Tool
from inspector.workbench.replies import Replies
from inspector.workbench.signatures import Signatures

EARLY: Final[tuple[type[Tool], ...]] = (Address, Signatures, Replies)
"""In the order in which they are asked."""
