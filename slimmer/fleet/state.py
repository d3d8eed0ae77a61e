"""What a fleet has built already, in a SQLite file: an interrupted run goes on where it was."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from slimmer.codec import Mismatch
from slimmer.disk import space_errors
from slimmer.errors import UsageError
from slimmer.fleet.job import RESULTS, Outcome

_TABLE = """
CREATE TABLE IF NOT EXISTS outcomes (
    name TEXT NOT NULL, stage TEXT NOT NULL, fingerprint TEXT NOT NULL,
    exit_code INTEGER NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (name, stage)
) WITHOUT ROWID
"""


_FOUNDATIONS = """
CREATE TABLE IF NOT EXISTS foundations (
    name TEXT NOT NULL PRIMARY KEY, layer TEXT NOT NULL, reference TEXT NOT NULL
) WITHOUT ROWID
"""


class State:
    """The file. Outcomes are in it as soon as they are known, and none is kept in memory."""

    def __init__(self, file: Path) -> None:
        """Raises UsageError for a file that is something else, or of another run that goes on."""
        self._file = file
        with space_errors(file, "opening the state of the fleet"):
            file.parent.mkdir(parents=True, exist_ok=True)
        with self._errors():
            self._connection = sqlite3.connect(file, timeout=1.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute(_TABLE)
            self._connection.execute(_FOUNDATIONS)
            # The lock is taken by the first write, and held until the end.
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def built(self, name: str, stage: str, fingerprint: str) -> Outcome | None:
        """How the same build went well before; None where it did not."""
        rows = self._connection.execute(
            "SELECT outcome FROM outcomes"
            " WHERE name = ? AND stage = ? AND fingerprint = ? AND exit_code = 0",
            (name, stage, fingerprint),
        )
        row = rows.fetchone()
        if row is None:
            return None
        try:
            outcome: Outcome = RESULTS.decode(Outcome, row[0])
        except Mismatch:  # written by another version: it is built again
            return None
        return outcome

    def last(self, name: str, stage: str) -> Outcome | None:
        """How the build went well the last time, whatever it was made of."""
        rows = self._connection.execute(
            "SELECT fingerprint FROM outcomes WHERE name = ? AND stage = ?", (name, stage)
        )
        row = rows.fetchone()
        return self.built(name, stage, row[0]) if row else None

    def stands_on(self, name: str, foundation: str, layer: str) -> None:
        """The image was left on this foundation (empty: on none), as others whose original has this
        lowest layer."""
        with self._errors():
            self._connection.execute(
                "INSERT OR REPLACE INTO foundations VALUES (?, ?, ?)", (name, layer, foundation)
            )

    def foundations(self, name: str, layer: str) -> tuple[str, ...]:
        """What the image stands on; of an image that is new, what others of its base do."""
        own = self._connection.execute(
            "SELECT reference FROM foundations WHERE name = ?", (name,)
        ).fetchall()
        found = own or self._connection.execute(
            "SELECT DISTINCT reference FROM foundations WHERE layer = ? AND reference != ''"
            " ORDER BY reference",
            (layer,),
        )
        return tuple(row[0] for row in found)

    def remember(self, outcome: Outcome, stage: str, fingerprint: str) -> None:
        """Replaces what was known of the build."""
        with self._errors():
            self._connection.execute(
                "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?)",
                (outcome.name, stage, fingerprint, outcome.exit_code, RESULTS.encode(outcome)),
            )

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            busy = "locked" in str(error)
            raise UsageError(
                f"{self._file} cannot be used: {error}",
                hint="another `slim fleet` uses it: wait, or name another folder with --output"
                if busy
                else "remove it to build everything anew, or name another folder with --output",
            ) from error
