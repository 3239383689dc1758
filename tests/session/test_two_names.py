"""One session under two names: it is still captured into by one process only."""

import os
from pathlib import Path

import pytest

from inspector.session.errors import LinkedSession, SessionGone, SessionInUse
from inspector.session.files import captured_elsewhere
from inspector.session.reader import SessionReader
from inspector.session.session import Session
from tests.factories import STARTED, make_callback, make_session


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.inspector"


@pytest.fixture
def link(path: Path) -> Path:
    """A symbolic link in another folder."""
    link = path.parent / "elsewhere" / "b.inspector"
    link.parent.mkdir()
    try:
        link.symlink_to(path)
    except OSError:
        pytest.skip("no symbolic links may be made here")
    return link


def test_a_symbolic_link_leads_to_the_same_lock(path: Path, link: Path) -> None:
    with Session.create(path, started=STARTED) as session:
        session.append([make_callback(id="m1")])
        assert captured_elsewhere(link)
        with pytest.raises(SessionInUse):
            Session.open(link)
        with SessionReader(link) as reader:
            assert reader.summary().callbacks == 1
    with Session.open(link) as session:
        with pytest.raises(SessionInUse):
            Session.open(path)
        assert session.append([make_callback(id="m2")])[0].seq == 2
    with SessionReader(path) as reader:
        assert reader.summary().callbacks == 2
    assert sorted(one.name for one in path.parent.rglob("*")) == ["a.inspector", "b.inspector", "elsewhere"]


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no file that is open")
def test_what_a_link_leads_to_is_missed_when_it_is_moved(path: Path, link: Path) -> None:
    make_session(path, [make_callback(id="m1")])
    with Session.open(link) as session:
        session.append([make_callback(id="m2")])
        path.rename(path.with_name("moved"))
        with pytest.raises(SessionGone):
            session.append([make_callback(id="m3")])
        path.with_name("moved").rename(path)


def test_a_hard_link_is_refused_for_capture_and_left_as_it_was(path: Path) -> None:
    make_session(path, [make_callback(id="m1")])
    second = path.with_name("second.inspector")
    os.link(path, second)
    before = path.read_bytes()
    for name in (path, second):
        with pytest.raises(LinkedSession, match="Make a copy and open that"):
            Session.open(name)
        with SessionReader(name) as reader:
            assert reader.summary().callbacks == 1
    assert path.read_bytes() == before
    second.unlink()
    with Session.open(path) as session:
        assert session.append([make_callback(id="m2")])[0].seq == 2
