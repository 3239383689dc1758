"""Which tools there are, in the order of their pages and menu entries."""

from typing import Final

from inspector.workbench.address import Address
from inspector.workbench.bench import Tool
from inspector.workbench.compare import Compare
from inspector.workbench.copying import CopyAs
from inspector.workbench.door import Door
from inspector.workbench.insight import InsightTool
from inspector.workbench.marks import Marks
from inspector.workbench.notify import NotifyTool
from inspector.workbench.replay import Replay
from inspector.workbench.replies import Replies
from inspector.workbench.share import Share
from inspector.workbench.signalwire import SignalWireTool
from inspector.workbench.signatures import Signatures
from inspector.workbench.simulate import Simulate
from inspector.workbench.trouble import Trouble

TOOLS: Final[tuple[type[Tool], ...]] = (
    Trouble,
    Address,
    Signatures,
    Replies,
    Simulate,
    SignalWireTool,
    InsightTool,
    Replay,
    Compare,
    Marks,
    CopyAs,
    Share,
    NotifyTool,
    Door,
)
