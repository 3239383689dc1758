"""The session file's tables, version 1, and how a connection to them is set up."""

import sqlite3
from collections.abc import Mapping
from typing import Final

APPLICATION_ID: Final = 0x43424B49
"""“CBKI”: marks an SQLite file as a session (PRAGMA application_id)."""

VERSION: Final = 1
"""PRAGMA user_version. A file with a higher one is refused."""

SCHEMA: Final = """
CREATE TABLE session (
    key TEXT PRIMARY KEY,
    value ANY
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT,
    to_number TEXT,
    from_number TEXT,
    body TEXT,
    number_of_segments ANY,             -- an integer, or its digits where it does not fit 64 bits
    status TEXT,
    terminal INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT,
    custom_variables TEXT,              -- a JSON object
    first_received INTEGER NOT NULL,    -- microseconds since 1970, UTC
    last_received INTEGER NOT NULL,
    last_transition INTEGER,            -- arrival of the youngest transition
    delivered_after INTEGER,            -- milliseconds
    callbacks INTEGER NOT NULL,
    invalid INTEGER NOT NULL,
    strip TEXT NOT NULL,                -- the first letters of the transitions, in the order of life
    codes TEXT NOT NULL,                -- the codes of the findings, with a comma before and after each
    severity INTEGER NOT NULL           -- of the worst finding: 0 none, 1 info, 2 warning, 3 error
) STRICT;

CREATE TABLE callbacks (
    seq INTEGER PRIMARY KEY,
    received INTEGER NOT NULL,          -- microseconds since 1970, UTC
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    remote TEXT NOT NULL,
    headers TEXT NOT NULL,              -- a JSON array of [name, value], bytes read as ISO 8859-1
    body BLOB NOT NULL,
    truncated INTEGER NOT NULL,
    dialect TEXT NOT NULL,
    valid INTEGER NOT NULL,
    message INTEGER REFERENCES messages (row),
    status TEXT,
    timestamp TEXT,                     -- the sender's text
    error_code TEXT,
    error_message TEXT,
    transition INTEGER NOT NULL,        -- whether this callback was the first to tell of its state
    signature TEXT NOT NULL,
    problems TEXT,                      -- a JSON array, NULL for none
    reply TEXT NOT NULL                 -- a JSON object: what was answered
) STRICT;

CREATE TABLE findings (
    message INTEGER NOT NULL REFERENCES messages (row),
    seq INTEGER NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    severity TEXT NOT NULL,
    PRIMARY KEY (message, seq, code, text)
) STRICT, WITHOUT ROWID;

-- Counts kept as they change, so that showing them never reads the session.
CREATE TABLE tallies (
    name TEXT PRIMARY KEY,              -- callbacks, invalid, unassigned, messages, trimmed, status:<status>
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE forwards (
    row INTEGER PRIMARY KEY,
    callback INTEGER NOT NULL,
    url TEXT NOT NULL,
    sent INTEGER NOT NULL,              -- microseconds since 1970, UTC
    milliseconds INTEGER NOT NULL,
    status INTEGER,                     -- NULL where no answer came
    headers TEXT,
    body BLOB,
    error TEXT
) STRICT;

"""

ADDITIONS: Final = """
-- What the user notes on a message: a colour's name, and text.
CREATE TABLE IF NOT EXISTS marks (
    message INTEGER PRIMARY KEY REFERENCES messages (row),
    colour TEXT,
    note TEXT NOT NULL
) STRICT;

-- Callbacks that were sent again, edited or not, and what came back.
CREATE TABLE IF NOT EXISTS replays (
    row INTEGER PRIMARY KEY,
    callback INTEGER NOT NULL,
    url TEXT NOT NULL,
    sent INTEGER NOT NULL,              -- microseconds since 1970, UTC
    milliseconds INTEGER NOT NULL,
    status INTEGER,                     -- NULL where no answer came
    headers TEXT,
    body BLOB,
    error TEXT,
    edited BLOB                         -- the body that was sent, where it is not the captured one
) STRICT;

-- When nothing could be received: the listener was stopped, or the machine asleep.
CREATE TABLE IF NOT EXISTS deaf (
    row INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,             -- microseconds since 1970, UTC
    until INTEGER,                      -- NULL while it lasts
    reason TEXT NOT NULL                -- stopped, moved, asleep, stalled, ended
) STRICT;

-- What the message log of the REST API says of messages in the time of this session.
CREATE TABLE IF NOT EXISTS logged (
    id TEXT PRIMARY KEY,
    status TEXT,
    created_at TEXT,
    record TEXT NOT NULL,               -- the record, a JSON object
    checked INTEGER NOT NULL            -- microseconds since 1970, UTC
) STRICT, WITHOUT ROWID;
"""
"""Tables that version 0.1.0 did not make. It ignores them, so the format is the same. A file without them gets
them when it is captured into again, and until then has nothing in them."""

INDEXES: Final = """
CREATE INDEX IF NOT EXISTS callbacks_by_message ON callbacks (message);

-- What the list of callbacks is sorted and filtered by, in the order of arrival: a fifth of the table, which has the
-- bodies in it. As the order is that of arrival, a new entry always goes to the end. At a million callbacks a status is
-- found in 57 ms instead of 234, and a sort begins after 100 instead of 300; it costs 3 microseconds a callback.
CREATE INDEX IF NOT EXISTS callbacks_list
ON callbacks (seq, valid, status, method, target, dialect, message, signature, reply);

CREATE INDEX IF NOT EXISTS callbacks_invalid ON callbacks (seq) WHERE NOT valid;

CREATE INDEX IF NOT EXISTS forwards_by_callback ON forwards (callback);

CREATE INDEX IF NOT EXISTS replays_by_callback ON replays (callback);
"""
"""They are no part of the format: a file without one is only slower, and gets it when it is captured into again."""


def configure(connection: sqlite3.Connection, *, durable: bool = False) -> None:
    """Set a connection up. `durable` waits for the disk at each commit, so that power loss takes nothing.

    Without it, what was committed survives the end of the process (WAL with synchronous=NORMAL).
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    # A stranger's file may bring its own views and triggers; none of them may call functions.
    connection.execute("PRAGMA trusted_schema = OFF")


def initialise(connection: sqlite3.Connection, values: Mapping[str, object] | None = None) -> None:
    """Make the tables in an empty database, and what the session says of itself, where that is known already.

    All at once: the end may come at any moment.
    """
    connection.executescript(
        f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; "
        f"{SCHEMA} {ADDITIONS} {INDEXES}"
    )
    connection.executemany("INSERT INTO session VALUES (?, ?)", (values or {}).items())
    connection.execute("COMMIT")
