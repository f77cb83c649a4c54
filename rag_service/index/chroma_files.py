"""The files that embedded Chroma keeps nearest-neighbour indexes in, and a whole copy of each.

Chroma writes an index anew, over the old one, about every thousand changes; until then it keeps the changes in its
database. A process that is killed meanwhile leaves an index that cannot be read, gives wrong results, or crashes
whoever opens it. The last whole index together with the changes since then is all that Chroma needs.
"""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

_PARTS = ("header.bin", "data_level0.bin", "length.bin", "link_lists.bin")
_LAST = "index_metadata.pickle"  # written when all the others are

Stamp = tuple[tuple[int, int], ...]


def lacks_room(error: OSError) -> bool:
    """Whether a full disk, or quota, is to blame."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


class ChromaFiles:
    """The indexes in a folder, by collection; copies are beside it, named by the last change in them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies = folder.with_name(f"{folder.name}-copies")
        self._segments: dict[str, str] = {}
        self._kept: dict[str, Stamp] = {}

    def keep(self, collection_id: str) -> None:
        """Copy a collection's index if it has been written since the last copy."""
        segment = self._segment(collection_id)
        stamp = self._stamp(segment) if segment else None
        if segment is None or stamp is None or stamp == self._kept.get(segment):
            return
        change = self._last_change(segment)
        if change is None:
            return
        target, new = self._copies / f"{segment}.{change}", self._copies / f"{segment}.new"
        try:
            if not target.exists():
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir(parents=True)
                for part in (*_PARTS, _LAST):
                    shutil.copyfile(self._folder / segment / part, new / part)
                if (self._stamp(segment), self._last_change(segment)) != (stamp, change):
                    return  # a search had it written anew meanwhile
                new.rename(target)
        except OSError as error:
            said = "the index of collection %r could not be copied (%s): a kill may cost its vectors"
            logging.getLogger(__name__).warning(said, collection_id, error)
            return
        self._kept[segment] = stamp
        for other in self._copies.glob(f"{segment}.*"):
            if other != target:
                shutil.rmtree(other, ignore_errors=True)

    def half_written(self, collection_id: str) -> bool:
        """Whether a process died while a collection's index was written; to be asked before anything opens it.

        Without its last file there is no index, and Chroma begins it anew with all changes; one that is cut Chroma
        refuses itself.
        """
        segment = self._segment(collection_id)
        if segment is None or not (self._folder / segment / _LAST).exists():
            return False
        stamp = self._stamp(segment)
        return stamp is None or stamp[-1][0] < max(time for time, _ in stamp)

    def restore(self, collection_id: str) -> bool:
        """Put the last whole index in the place of a damaged one; False where there is none or it cannot be read.

        OSError when there is no room for it.
        """
        segment = self._segment(collection_id)
        if segment is None:
            return False
        change = self._last_change(segment)
        source = self._copies / f"{segment}.{change}"
        if change is None or not source.is_dir():
            return False
        try:
            (self._folder / segment).mkdir(exist_ok=True)
            for part in (*_PARTS, _LAST):
                shutil.copyfile(source / part, self._folder / segment / part)
        except OSError as error:
            if lacks_room(error):
                raise
            said = "the index of collection %r could not be put back: %s"
            logging.getLogger(__name__).warning(said, collection_id, error)
            return False
        return True

    def forget(self, collection_id: str) -> None:
        """Delete the copies of a collection's index; before Chroma forgets the collection."""
        segment = self._segment(collection_id)
        self._segments.pop(collection_id, None)
        if segment is not None:
            for copy in self._copies.glob(f"{segment}.*"):
                shutil.rmtree(copy, ignore_errors=True)

    def forget_all(self) -> None:
        """Delete every copy, when the folder itself is deleted."""
        self._segments.clear()
        self._kept.clear()
        shutil.rmtree(self._copies, ignore_errors=True)

    def _stamp(self, segment: str) -> Stamp | None:
        """When each file was written, in nanoseconds, and its size; None where one is missing."""
        try:
            found = [(self._folder / segment / part).stat() for part in (*_PARTS, _LAST)]
        except FileNotFoundError:
            return None
        return tuple((each.st_mtime_ns, each.st_size) for each in found)

    def _segment(self, collection_id: str) -> str | None:
        """The folder of a collection's index."""
        if collection_id not in self._segments:
            sql = (
                "SELECT segments.id FROM segments JOIN collections ON segments.collection = collections.id "
                "WHERE segments.scope = 'VECTOR' AND collections.name = ?"
            )
            found = self._ask(sql, collection_id)
            if found is None:
                return None
            self._segments[collection_id] = str(found)
        return self._segments[collection_id]

    def _last_change(self, segment: str) -> object:
        """The number of the last change that the index on disk holds, as Chroma has noted it."""
        return self._ask("SELECT seq_id FROM max_seq_id WHERE segment_id = ?", segment)

    def _ask(self, sql: str, value: str) -> object:
        """One value of Chroma's database; None where there is none, or no database that can be read."""
        database = self._folder / "chroma.sqlite3"
        if not database.exists():
            return None
        try:
            with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as connection:
                row = connection.execute(sql, (value,)).fetchone()
        except sqlite3.DatabaseError:
            return None
        return row[0] if row else None
