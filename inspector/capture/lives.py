"""The lives that simulated messages have, one function each.

Times are in seconds since the message began.
"""

from dataclasses import replace
from typing import Final

from inspector.capture.cast import Cast, Life, Step
from inspector.capture.renders import as_form, campaign_event, without_error_fields

_HOUR: Final = 3600


def delivered(cast: Cast) -> Life:
    return Life(cast.message(), cast.steps("queued", "initiated", "sent", "delivered"))


def undelivered(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "undelivered", error=next(cast.undelivered))
    return Life(cast.message(), steps)


def filtered(cast: Cast) -> Life:
    error = ("30007", "Message filtered: carrier violation")
    return Life(cast.message(), cast.steps("queued", "initiated", "sent", "undelivered", error=error))


def failed(cast: Cast) -> Life:
    before = ("queued", "initiated") if cast.chance.random() < 0.5 else ("queued",)
    return Life(cast.message(), cast.steps(*before, "failed", error=next(cast.failed)))


def read(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "delivered", "read")
    return Life(cast.message(prefix="whatsapp:"), steps)


def mms(cast: Cast) -> Life:
    text = cast.chance.choice(("", "Here you are, {name}: the pictures of {day}", "Your ticket"))
    return Life({**cast.message(text=text), "number_of_segments": 1}, _until(cast, "sent"))


def partial(cast: Cast) -> Life:
    """One id a segment, as the specification calls `id` that of the segment; all else is the whole message's.

    The documentation does not show a long message on its way, so that each segment has callbacks of its own
    is what follows from that word. A body of one segment is delivered.
    """
    fields = cast.long_message()
    ids = [fields["id"], *(cast.new_id() for _ in range(fields["number_of_segments"] - 1))]
    lost = cast.chance.sample(ids, cast.chance.randint(1, len(ids) - 1)) if len(ids) > 1 else []
    error = next(cast.undelivered)
    steps = []
    for place, segment in enumerate(ids):
        end, why = ("undelivered", error) if segment in lost else ("delivered", None)
        for step in cast.steps("queued", "initiated", "sent", end, error=why):
            after = 0.02 * place
            steps.append(replace(step, at=step.at + after, happened=step.happened + after, segment=segment))
    return Life(fields, steps)


def out_of_order(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent")
    # Soon after `sent`, whose callback may come after this one, but not so late that this would be remarked on.
    now = steps[-1].at + cast.chance.uniform(1, 3) * cast.pace
    steps.append(Step(now, now, "delivered"))
    overtaken = cast.chance.choice((1, 2))
    after = steps[overtaken + 1].at + cast.chance.uniform(0.05, 0.3) * cast.pace
    steps[overtaken] = replace(steps[overtaken], at=after)
    return Life(cast.message(), steps)


def duplicates(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent", "delivered")
    for step in cast.chance.sample(steps, cast.chance.choice((1, 2))):
        steps[steps.index(step)] = once = replace(step, retried=False)
        steps.append(replace(once, at=step.at + cast.chance.uniform(1, 3) * cast.pace))
    return Life(cast.message(), steps)


def retry_storm(cast: Cast) -> Life:
    """Within the delivery contract: the three attempts lie within 15 seconds, whatever the answers are."""
    pace, steps = min(cast.pace, 2.0), []
    for step in cast.steps("queued", "initiated", "sent", "delivered"):
        at = step.at
        for _ in range(3):
            steps.append(replace(step, at=at, retried=False))
            at += cast.chance.uniform(1, 3.5) * pace
    return Life(cast.message(), steps)


def late_receipt(cast: Cast) -> Life:
    ago = cast.chance.uniform(2, 6) * _HOUR
    *before, delivered = cast.steps("queued", "initiated", "sent", "delivered")
    return Life(cast.message(), [*(replace(step, happened=step.happened - ago) for step in before), delivered])


def late_arrival(cast: Cast) -> Life:
    ago = cast.chance.uniform(2, 6) * _HOUR
    steps = cast.steps("queued", "initiated", "sent", "delivered")
    return Life(cast.message(), [replace(step, happened=step.happened - ago) for step in steps])


def regression(cast: Cast) -> Life:
    steps = cast.steps("queued", "initiated", "sent")
    # Timestamps have whole seconds: only after one more has passed is the next certainly a later one.
    again = steps[-1].at + 1 + cast.chance.uniform(0.1, 0.5) * cast.pace
    delivered = again + cast.chance.uniform(1, 4) * cast.pace
    steps += [Step(again, again, "initiated"), Step(delivered, delivered, "delivered")]
    return Life(cast.message(), steps)


def stalled(cast: Cast) -> Life:
    return Life(cast.message(), _until(cast, next(cast.last_words)))


def _until(cast: Cast, last: str) -> list[Step]:
    statuses = ("queued", "initiated", "sent")
    return cast.steps(*statuses[: statuses.index(last) + 1])


def invalid(cast: Cast) -> Life:
    spoil = next(cast.spoilers)
    if spoil is campaign_event:
        event = {"project_id": cast.project_id, "brand_id": cast.new_id(), "campaign_id": cast.new_id()}
        return Life(event, [Step(0, 0, "active", render=spoil)])
    steps = cast.steps("queued", "sent", "delivered")
    if spoil is without_error_fields:
        return Life(cast.message(), [replace(step, render=spoil) for step in steps])
    steps[1] = replace(steps[1], render=spoil)
    return Life(cast.message(), steps)


def burst(cast: Cast) -> Life:
    statuses = ("queued", "initiated", "sent", "delivered")
    # Faster than anyone can send, yet so that some 50 messages mingle.
    steps = [Step(0.004 * place, 0.004 * place, status) for place, status in enumerate(statuses)]
    return Life(cast.message(), steps, pause=0.0002)


def compatibility(cast: Cast) -> Life:
    steps = cast.steps("queued", "sending", "sent", "delivered")
    if cast.chance.random() < 0.3:
        steps = cast.steps("queued", "sending", "sent", "undelivered", error=next(cast.undelivered))
    return Life(cast.message(), [replace(step, render=as_form) for step in steps])
