"""A body as named values for a tree: read once, taken apart only where the tree is unfolded."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from inspector.callbacks.problems import member_path
from inspector.session.records import CallbackRow
from inspector.ui.texts import count_text, one_line

GROUP: Final = 100
_MOST_PARAMETERS: Final = 10_000


class Members(list[tuple[str, Any]]):
    """The members of a JSON object in order, names that come twice included."""

    __slots__ = ()


class Number(str):
    """A JSON number as it was written: `1.0` is not `1`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A run of the members of something long, unfolded by itself."""

    items: Sequence[Any]
    first: int
    last: int
    step: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem that belongs to a value."""

    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands where a required member is not."""


@dataclass(frozen=True, slots=True)
class Child:
    """A value with its name and its JSONPath."""

    name: str
    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Payload:
    """The top of the tree, or why there is none. `notice` is also set when the tree needs a remark."""

    top: Any
    notice: str = ""

    @property
    def readable(self) -> bool:
        return self.top is not None


def read_payload(callback: CallbackRow) -> Payload:
    """The body of `callback`: JSON, the parameters of a form, or neither."""
    if callback.dialect == "form":
        return _read_form(callback)
    if not callback.body:
        return Payload(None, "The body is empty.")
    text, notice = body_text(callback.body)
    try:
        top = json.loads(text, object_pairs_hook=Members, parse_int=Number, parse_float=Number, parse_constant=Number)
    except RecursionError:
        return Payload(None, "The body is nested too deeply to be shown as a tree.")
    except ValueError:
        if callback.truncated:
            return Payload(None, "Only the beginning of the body was kept, so it is not read as JSON.")
        return Payload(None, "The body is not JSON.")
    if not isinstance(top, Members | list):
        return Payload(Members([("$", top)]), notice or "The body is JSON, but not an object.")
    return Payload(top, notice)


def body_text(body: bytes) -> tuple[str, str]:
    """The body as text for reading, and a remark where it is not quite that."""
    try:
        return body.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace"), "The body is not UTF-8; � stands for what cannot be read."


def _read_form(callback: CallbackRow) -> Payload:
    encoded = body_text(callback.body)[0] if callback.body else callback.target.partition("?")[2]
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="replace", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return Payload(None, f"The form has more than {_MOST_PARAMETERS:,} parameters.")
    where = "body" if callback.body else "query"
    return Payload(Members(pairs), f"Form parameters of the {where} (Compatibility API).")


def is_container(value: Any) -> bool:
    """Whether `value` can be unfolded."""
    return isinstance(value, Group) or (isinstance(value, list) and bool(value))


def children_of(path: str, value: Any) -> list[Child]:
    """What unfolding shows. Many values come in groups, and groups in groups, so that each step is short."""
    if isinstance(value, Group):
        return list(_children_of_group(path.rpartition("#")[0], value))
    if not isinstance(value, list):
        return []
    whole = Group(value, 0, len(value) - 1, _step(len(value)))
    return list(_children_of_group(path, whole))


def _step(length: int) -> int:
    """How many values each child of a run of `length` stands for."""
    step = 1
    while length > step * GROUP:
        step *= GROUP
    return step


def _children_of_group(path: str, group: Group) -> Iterator[Child]:
    if group.step == 1:
        for position in range(group.first, group.last + 1):
            yield _child(path, group.items, position)
        return
    for first in range(group.first, group.last + 1, group.step):
        last = min(first + group.step - 1, group.last)
        name = f"{first} … {last}"
        yield Child(name, f"{path}#{first}-{last}", Group(group.items, first, last, group.step // GROUP))


def _child(path: str, items: Sequence[Any], position: int) -> Child:
    if isinstance(items, Members):
        name, value = items[position]
        return Child(name, member_path(path, name), value)
    return Child(f"[{position}]", f"{path}[{position}]", items[position])


def shown_name(child: Child) -> str:
    return one_line(child.name, 80) or "(empty)"


def shown_value(value: Any, longest: int = 300) -> str:
    """A value in a line: text in quotes, a container by its size."""
    match value:
        case Members():
            return count_text(len(value), "member", "members") if value else "{}"
        case list():
            return count_text(len(value), "item", "items") if value else "[]"
        case Group():
            return ""
        case Missing():
            return "missing"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Number():
            return one_line(value, longest)
        case _:
            return f'"{one_line(str(value), longest)}"'


def copied_value(value: Any) -> str:
    """A value for the clipboard: text as it is, anything else as JSON. Raises RecursionError when nested too deeply."""
    match value:
        case Number() | str():
            return str(value)
        case Group() | Missing():
            return ""
        case Members():
            members = (f"{json.dumps(name, ensure_ascii=False)}: {_as_json(member)}" for name, member in value)
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(_as_json(item) for item in value)}]"
        case _:
            return json.dumps(value)


def _as_json(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Number):
        return json.dumps(value, ensure_ascii=False)
    return copied_value(value)


def marks_by_path(problems: Iterable[Mapping[str, Any]]) -> dict[str, Mark]:
    """The first problem of each place."""
    marks: dict[str, Mark] = {}
    for problem in problems:
        marks.setdefault(str(problem.get("path")), Mark(str(problem.get("severity")), str(problem.get("text"))))
    return marks


def missing_members(problems: Iterable[Mapping[str, Any]]) -> list[Child]:
    """The required members of the body that are not there, to be shown where they should be."""
    paths = [str(problem.get("path")) for problem in problems if problem.get("code") == "missing"]
    return [Child(path[2:], path, Missing()) for path in paths if path.startswith("$.")]
