"""The contract against the running program, by a few payloads; `python -m tests.fuzz contract` tries many."""

import pytest

from tests.fuzz.contract import try_contract


def test_payloads_made_from_the_contract_are_judged_by_it() -> None:
    pytest.importorskip("schemathesis", reason="it comes with the extra “fuzz”")
    assert min(try_contract(15).values()) >= 10
