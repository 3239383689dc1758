"""The client of the REST API, against a stand-in on this machine."""

import socket
from collections.abc import Callable
from datetime import date

import pytest
from aiohttp import web

from inspector.capture.rest_api import ApiError, Page, RestApi, Trouble, space_name
from tests.stand_in import FROM, PROJECT, SPACE, TO, TOKEN, Answer, StandIn, json_answer, stand_in, text_answer

DAYS = (date(2000, 1, 1), date(2100, 1, 1))


def client(api: StandIn, *, token: str = TOKEN, project: str = PROJECT, seconds: float = 10) -> RestApi:
    return RestApi(SPACE, project, token, base=api.url, seconds=seconds)


async def send(rest: RestApi, **changes: str) -> dict[str, object]:
    wanted = {"to": TO, "from_": FROM, "body": "hello", "status_callback": "http://nowhere.test/rest", **changes}
    return await rest.send(**wanted)


async def pages(rest: RestApi, size: int = 200) -> list[Page]:
    return [page async for page in rest.logs(*DAYS, page_size=size)]


@pytest.mark.parametrize(
    "text", ["example", " Example\n", "example.signalwire.com", "https://example.signalwire.com/dashboard?x=1#y"]
)
def test_a_space_is_known_by_its_name_its_host_and_its_address(text: str) -> None:
    assert space_name(text) == "example"


@pytest.mark.parametrize(
    "text",
    ["", "  ", "evil.com", "example.evil.com", "a@b", "a:80", "-a", "a-", "a_b", "exämple", "a b", "a\nb", "x" * 64,
     "a#b", "example.signalwire.com.evil.com", "user:pw@example", "..", "a%2eb", "a\\b"],
)  # fmt: skip
def test_nothing_else_is_a_space(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        space_name(text)
    assert caught.value.trouble is Trouble.ACCOUNT


@pytest.mark.parametrize(("project", "token"), [("", "t"), ("a:b", "t"), ("a\r\nb", "t"), ("p", " ")])
async def test_an_account_that_cannot_be_right_is_refused_before_anything_is_sent(project: str, token: str) -> None:
    with pytest.raises(ApiError) as caught:
        RestApi(SPACE, project, token)
    assert caught.value.trouble is Trouble.ACCOUNT


async def test_requests_go_to_the_space_by_https() -> None:
    async with RestApi(SPACE, PROJECT, TOKEN) as rest:
        assert rest._base == "https://example.signalwire.com"
        assert TOKEN not in repr(rest)


async def test_a_message_is_sent_and_found_in_the_log() -> None:
    async with stand_in(life=["queued"], told=set()) as api, client(api) as rest:
        record = await send(rest)
        assert record["status"] == "queued"
        assert record["status_callback_url"] == "http://nowhere.test/rest"
        assert (await rest.log(str(record["id"])))["id"] == record["id"]


async def test_the_log_is_read_in_pages_to_its_end() -> None:
    async with stand_in() as api, client(api) as rest:
        ids = [api.logged()["id"] for _ in range(25)]
        read = await pages(rest, 10)
        assert [len(page.records) for page in read] == [10, 10, 5]
        assert [page.last for page in read] == [False, False, True]
        assert [one["id"] for page in read for one in page.records] == ids[::-1]
        assert api.asked[0] == (
            "GET /api/messaging/logs?created_after=2000-01-01&created_before=2100-01-01&page_size=10"
        )


async def test_a_log_that_goes_in_circles_ends() -> None:
    link = "https://evil.test/elsewhere?page_number=1&page_token=PA1"
    async with stand_in(answer=json_answer({"links": {"next": link}, "data": [{"id": "1"}]})) as api:
        async with client(api) as rest:
            assert len(await pages(rest)) == 2
        # Whatever a link names, the space alone is asked.
        assert api.asked[1] == "GET /api/messaging/logs?page_number=1&page_token=PA1"


async def test_wrong_credentials() -> None:
    async with stand_in() as api, client(api, token="wrong") as rest:
        with pytest.raises(ApiError, match="401") as caught:
            await rest.check()
        assert caught.value.trouble is Trouble.CREDENTIALS
        assert "wrong" not in str(caught.value).split()


async def test_the_reasons_of_the_api_come_with_their_attributes() -> None:
    async with stand_in() as api, client(api) as rest:
        with pytest.raises(ApiError) as caught:
            await send(rest, from_="+15550000000", body="")
        assert caught.value.status == 422
        assert [(one.attribute, one.code) for one in caught.value.reasons] == [
            ("body", "body_or_media_required"),
            ("from", "21210"),
        ]


async def test_a_message_that_the_log_does_not_know_is_not_a_missing_space() -> None:
    async with stand_in() as api, client(api) as rest:
        with pytest.raises(ApiError) as caught:
            await rest.log("../../x")
        assert caught.value.trouble is Trouble.NO_MESSAGE
        assert api.asked == ["GET /api/messaging/logs/..%2F..%2Fx"]


@pytest.mark.parametrize(
    ("answer", "trouble", "words"),
    [
        (text_answer("<html>", 200), Trouble.DAMAGED, "no JSON object"),
        (text_answer("[" * 100_000, 200), Trouble.DAMAGED, "no JSON object"),
        (json_answer([1]), Trouble.DAMAGED, "no JSON object"),
        (text_answer("oh", 500), Trouble.REFUSED, "an error of its own (500)"),
        (text_answer("", 404), Trouble.NO_SPACE, "no such space"),
        (text_answer("", 403), Trouble.CREDENTIALS, "403"),
        (text_answer("", 429), Trouble.REFUSED, "Wait a minute"),
        (text_answer("", 302, Location="http://evil.test/"), Trouble.REFUSED, "redirect (302)"),
        (json_answer({"errors": "nonsense"}, 422), Trouble.REFUSED, "422"),
        (json_answer({"errors": [1, {"code": {}, "message": None}]}, 422), Trouble.REFUSED, "422"),
    ],
)
async def test_damaged_answers_are_explained(answer: Answer, trouble: Trouble, words: str) -> None:
    async with stand_in(answer=answer) as api, client(api) as rest:
        for ask in (rest.check, lambda: send(rest), lambda: pages(rest)):
            with pytest.raises(ApiError) as caught:
                await ask()
            assert caught.value.trouble is trouble
            assert words in str(caught.value)
        assert len(api.asked) == 3  # nothing is tried again


async def test_an_answer_without_what_it_is_asked_for_is_damaged() -> None:
    async with stand_in(answer=json_answer({"id": 5})) as api, client(api) as rest:
        for ask in (lambda: send(rest), lambda: pages(rest)):
            with pytest.raises(ApiError) as caught:
                await ask()
            assert caught.value.trouble is Trouble.DAMAGED


async def test_a_host_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connections come about; nobody takes them
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        async with RestApi(SPACE, PROJECT, TOKEN, base=base, seconds=0.05) as rest:
            with pytest.raises(ApiError, match=r"within 0\.05 seconds") as caught:
                await send(rest)
    assert caught.value.trouble is Trouble.SLOW
    assert "look into the message log" in str(caught.value)


async def test_a_host_that_is_not_there() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # nobody listens at it
        async with RestApi(SPACE, PROJECT, TOKEN, base=f"http://127.0.0.1:{bound.getsockname()[1]}") as rest:
            with pytest.raises(ApiError) as caught:
                await rest.check()
    assert caught.value.trouble is Trouble.UNREACHABLE


async def test_a_name_that_leads_nowhere_is_a_wrong_space() -> None:
    async with RestApi(SPACE, PROJECT, TOKEN, base="http://no-such-host.invalid") as rest:
        with pytest.raises(ApiError, match=r"no host example\.signalwire\.com") as caught:
            await rest.check()
    assert caught.value.trouble is Trouble.NO_SPACE


@pytest.mark.parametrize("answer", [text_answer("<", 200), text_answer("", 500), None])
async def test_no_error_holds_the_token(answer: Callable[[web.Request], web.StreamResponse] | None) -> None:
    async with stand_in(answer=answer) as api, client(api, token=f"x{TOKEN}") as rest:
        with pytest.raises(ApiError) as caught:
            await rest.check()
    assert caught.value.__context__ is None
    assert TOKEN not in repr(caught.value) + str(vars(caught.value))
