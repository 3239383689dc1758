"""The context menu of the rows: what it offers, in groups."""

from inspector.ui.session_panel import CALLBACKS, MESSAGES
from tests.ui.conftest import Driver, Run, StartProgram


def groups(driver: Driver, view: int) -> list[list[str]]:
    result: list[list[str]] = [[]]
    for action in driver.window._row_actions[view]:
        if action.isSeparator():
            result.append([])
        else:
            result[-1].append(action.text().replace("&", ""))
    return result


def test_it_stands_in_groups_of_like_things(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as driver:
            common = [
                ["Copy message id", "Copy rows", "Export the selected…"],
                ["Resend to the last address", "Send again…", "Edit and send…"],
                ["Compare", "Mark", "Note…"],
                ["Copy as", "Copy rows redacted", "Copy body redacted", "Copy as cURL redacted"],
            ]
            assert groups(driver, MESSAGES) == [["Filter like this"], *common]
            assert groups(driver, CALLBACKS) == common

    run(scenario())
