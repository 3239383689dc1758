"""What is opened later is read in before, all of it: the loop stands still for each module that is read in then."""

import json
import pkgutil
import subprocess
import sys

import inspector.ui.dialogs
import inspector.ui.workbench

LOADED = """
import json, sys
import inspector.app, inspector.program, inspector.workbench.tools, inspector.workbench.opened_later
print(json.dumps([name for name in sys.modules if name.startswith("inspector.")]))
"""


def test_every_page_and_dialog_is_read_in_beforehand() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, timeout=60)
    there = {
        found.name
        for package in (inspector.ui.workbench, inspector.ui.dialogs)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    }
    assert there
    assert there - set(json.loads(told.stdout)) == set()
