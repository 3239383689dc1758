"""The catalogue of error codes, as it is shipped and as it could be broken."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from inspector.callbacks.error_codes import ErrorCatalogue, ErrorEntry

RESOURCE = Path(__file__).parents[2] / "resources" / "error_codes.json"

DOCUMENTED = [
    *("11750", "11751"),
    *("21210", "21211", "21212", "21217", "21219"),
    *("21601", "21602", "21603", "21604", "21606", "21610", "21611", "21612", "21617", "21717"),
    *("30001", "30002", "30003", "30004", "30005", "30006", "30007", "30008", "30009", "30010", "30011", "30012"),
    *("30022", "30027"),
]
NAMES = {
    "unreachable_destination_handset": "30003",
    "message_blocked_by_carrier": "30004",
    "unknown_destination_handset": "30005",
    "unrouteable_message": "30006",
    "carrier_violation": "30007",
    "message_filtered": "30007",
    "campaign_throughput_exceeded": "30022",
    "tmobile_daily_limit_reached": "30027",
    "inactive_campaign": "21717",
    "message_blocked_by_number": "21610",
    "insufficient_balance_to_send_message": "30002",
    "message_validity_period_expired_at_carrier": "30009",
    "mms_expired_rejected_failed_or_unsupported": "30011",
    "unable_to_deliver_to_carrier": "63011",
}


@pytest.fixture(scope="module")
def catalogue() -> ErrorCatalogue:
    return ErrorCatalogue.from_json(RESOURCE.read_text(encoding="utf-8"))


def make_entry(**changes: Any) -> dict[str, Any]:
    entry = {"code": "1", "title": "Title", "meaning": "Meaning.", "remedy": "Remedy.", "names": ["one"]}
    return {**entry, **changes}


def make_document(*entries: Any, **changes: Any) -> str:
    return json.dumps({"address": "https://signalwire.com/docs", "entries": list(entries), **changes})


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_documented_code_is_explained(catalogue: ErrorCatalogue, code: str) -> None:
    entry = catalogue.explain(code)
    assert entry is not None
    assert entry.code == code


@pytest.mark.parametrize(("name", "code"), NAMES.items())
def test_a_name_leads_to_its_number(catalogue: ErrorCatalogue, name: str, code: str) -> None:
    entry = catalogue.explain(name)
    assert entry is not None
    assert entry is catalogue.explain(code)
    assert name in entry.names


@pytest.mark.parametrize("code", [None, "", "99999", " 30003", "30003 ", "30003.0", "Carrier_Violation", "é", "\ud800"])
def test_other_values_are_unknown(catalogue: ErrorCatalogue, code: str | None) -> None:
    assert catalogue.explain(code) is None


def test_the_texts_are_there_and_differ(catalogue: ErrorCatalogue) -> None:
    for field in ("code", "title", "meaning", "remedy"):
        texts = [getattr(entry, field) for entry in catalogue]
        assert all(text == text.strip() and text for text in texts)
        assert len(set(texts)) == len(texts), field
    for entry in catalogue:
        assert len({entry.title, entry.meaning, entry.remedy}) == 3
        assert len(entry.title) <= 60
        assert not entry.title.endswith(".")
        assert entry.meaning.endswith(".")
        assert entry.remedy.endswith(".")


def test_the_addresses_are_pages_of_signalwire(catalogue: ErrorCatalogue) -> None:
    for entry in catalogue:
        address = urlsplit(entry.address)
        assert address.scheme == "https"
        assert address.hostname is not None
        assert f".{address.hostname}".endswith(".signalwire.com")


def test_length_and_order_are_those_of_the_file(catalogue: ErrorCatalogue) -> None:
    codes = [entry["code"] for entry in json.loads(RESOURCE.read_text(encoding="utf-8"))["entries"]]
    assert [entry.code for entry in catalogue] == codes == sorted(codes)
    assert len(catalogue) == len(codes)


def test_names_may_be_left_out() -> None:
    entry = make_entry()
    del entry["names"]
    (read,) = ErrorCatalogue.from_json(make_document(entry))
    assert read == ErrorEntry("1", "Title", "Meaning.", "Remedy.", (), "https://signalwire.com/docs")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "“entries”"),
        ('{"address": "https://signalwire.com"}', "“entries”"),
        (make_document(address=None), "“address”"),
        (make_document(address="http://signalwire.com"), "“address”"),
        (make_document(make_entry(), 7), "entry 2 must be an object"),
        (make_document(make_entry(code=30003)), "entry 1 needs a text “code”"),
        (make_document(make_entry(title=" ")), "entry 1 needs a text “title”"),
        (make_document({"code": "1", "title": "T", "meaning": "M"}), "entry 1 needs a text “remedy”"),
        (make_document(make_entry(names="one")), "“names” of entry 1"),
        (make_document(make_entry(names=[""])), "“names” of entry 1"),
        (make_document(make_entry(remedi="x")), "unknown field “remedi”"),
        (make_document(make_entry(), make_entry(names=[])), "“1” comes twice"),
        (make_document(make_entry(), make_entry(code="2")), "“one” comes twice"),
    ],
)
def test_a_broken_catalogue_is_refused_in_words(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        ErrorCatalogue.from_json(text)
