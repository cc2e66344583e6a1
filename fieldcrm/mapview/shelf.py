"""The columns this process holds: made when first wanted, in the background; the least used leave."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict

from flask import Flask
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.mapview.columns import Columns
from fieldcrm.mapview.queries import count_placed

log = logging.getLogger(__name__)

LARGE_ORGANISATION = 10_000
"""From this many placed accounts on columns are faster than the database's own ways."""
MAX_ACCOUNTS = 2_000_000
"""All columns of a process together (about 65 bytes an account)."""
_RECOUNT_AFTER_S = 60.0


class Shelf:
    """Finds the columns of an organisation, if it has any by now."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._held: OrderedDict[int, Columns] = OrderedDict()
        self._sizes: dict[int, tuple[float, int]] = {}
        self._loading: set[int] = set()

    def find(self, session: Session, actor: Actor) -> Columns | None:
        """Return the organisation's columns, or None where it is small or they are not read yet."""
        with self._lock:
            held = self._held.get(actor.org_id)
            if held is not None:
                self._held.move_to_end(actor.org_id)
                return held
        if self._size(session, actor.org_id) < LARGE_ORGANISATION:
            return None
        if self._app.testing:
            # One transaction that is rolled back: nobody else could see its rows.
            return self._put(self._read(session, actor.org_id))
        self._read_in_background(actor.org_id)
        return None

    def holds(self, org_id: int) -> bool:
        """Return whether the organisation's columns are ready."""
        return org_id in self._held

    def _size(self, session: Session, org_id: int) -> int:
        counted_at, size = self._sizes.get(org_id, (float("-inf"), 0))
        if self._app.testing or time.monotonic() - counted_at > _RECOUNT_AFTER_S:
            size = count_placed(session, org_id)
            self._sizes[org_id] = (time.monotonic(), size)
        return size

    def _read_in_background(self, org_id: int) -> None:
        with self._lock:
            if org_id in self._loading:
                return
            self._loading.add(org_id)
        threading.Thread(target=self._load, args=(org_id,), name=f"columns-{org_id}", daemon=True).start()

    def _load(self, org_id: int) -> None:
        started = time.perf_counter()
        try:
            with self._app.app_context(), transaction(system_actor(org_id)) as session:
                columns = self._put(self._read(session, org_id))
            log.info("read %s accounts in %.2f s", len(columns), time.perf_counter() - started)
        except Exception:
            # Tiles are answered without columns meanwhile, and the next one tries again.
            log.exception("the map's columns could not be read")
        finally:
            with self._lock:
                self._loading.discard(org_id)

    @staticmethod
    def _read(session: Session, org_id: int) -> Columns:
        columns = Columns(org_id)
        columns.follow(session)
        return columns

    def _put(self, columns: Columns) -> Columns:
        with self._lock:
            self._held[columns.org_id] = columns
            self._held.move_to_end(columns.org_id)
            while len(self._held) > 1 and sum(map(len, self._held.values())) > MAX_ACCOUNTS:
                self._held.popitem(last=False)
        return columns
