"""The command that kills the program under load: a round of each kind."""

import pytest

from tests.kills import rounds


async def test_neither_program_loses_what_it_answered(capsys: pytest.CaptureFixture[str]) -> None:
    await rounds(2, seed=20261123)
    assert capsys.readouterr().out.startswith("2 rounds: listen ")
