from inspector.ui.detail.content import MOST_CALLBACKS, load_callback, load_message
from tests.ui.detail.detail_factory import MESSAGE, Story, delivered_life, make_payload


def test_a_message_comes_with_its_life(story: Story) -> None:
    delivered_life(story)
    story.tell(make_payload("delivered", 4), after=9)
    detail = story.message()
    assert detail.message.id == MESSAGE
    assert [one.status for one in detail.transitions] == ["queued", "sent", "delivered"]
    assert [one.seq for one in detail.callbacks] == [1, 2, 3, 4]
    assert [one.code for one in detail.findings] == ["duplicate"]


def test_what_is_not_there_is_none(story: Story) -> None:
    assert load_message(story.reader, 1) is None
    assert load_callback(story.reader, 1) is None


def test_retries_without_number_do_not_hide_how_the_life_went_on(story: Story) -> None:
    again = story.received(make_payload("queued", 0))
    story.tell_all([again] * (MOST_CALLBACKS + 5))
    last = story.tell(make_payload("delivered", 4), after=9)
    seqs = [one.seq for one in story.message().callbacks]
    assert seqs == [*range(1, MOST_CALLBACKS + 1), last]


def test_a_callback_comes_with_its_forwards(story: Story) -> None:
    seq = story.tell(make_payload())
    story.forward(seq)
    detail = story.callback(seq)
    assert detail.callback.method == "POST"
    assert [one.status for one in detail.forwards] == [500]
