"""The app, as it is or with a bug planted: each kind that the proof must be able to catch.

A proof that passes on broken code proves nothing: tests/simulator/test_planted.py runs it on each of these.
The bugs of the phone are planted there (static/src/simulator/app.ts).
"""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

import fieldcrm
from fieldcrm.core import clock

PHONE_BUGS = ("delete_before_receipt", "bytes_let_go_before_stored", "emptied_before_sent")


def create_app() -> Flask:
    """Return the app with the bug that the environment's PLANTED names."""
    app = fieldcrm.create_app()
    planted = os.environ.get("PLANTED", "")
    if planted and planted not in PHONE_BUGS:
        SERVER_BUGS[planted]()
    return app


def _receipt_outside_the_transaction() -> None:
    """Keep the receipts before the work, in a transaction of their own; die between the two now and then."""
    from fieldcrm.core.db import transaction
    from fieldcrm.sync import grouping, push, receipts
    from fieldcrm.sync.applied import Applied
    from fieldcrm.sync.receipts import Taken

    keep, find, apply = receipts.keep_receipts, receipts.find_receipts, grouping.apply_group

    def first_the_receipts(session: Any, actor: Any, group: Any) -> Any:
        known = find(session, actor, [each.operation.op_id for each in group])
        fresh = [each for each in group if each.operation.op_id not in known]
        session.info["is_open"] = False
        session.rollback()
        with transaction(actor) as other:
            keep(other, actor, [Taken(each, Applied(None), []) for each in fresh], at=clock.now())
        if random.random() < 0.1:  # noqa: S311 - not a secret
            os.kill(os.getpid(), signal.SIGKILL)
        with transaction(actor) as again:
            again.info["known"] = known
            return apply(again, actor, group)

    def find_known(session: Any, actor: Any, op_ids: Any) -> Any:
        return session.info["known"]

    for module, name, planted in (
        (receipts, "keep_receipts", lambda *_given, **_named: None),
        (receipts, "find_receipts", find_known),
        (push, "apply_group", first_the_receipts),
    ):
        setattr(module, name, planted)


def _cursor_by_timestamp() -> None:
    """Number changes by the time at which they are made, without the clock's row lock."""
    advance = re.compile(r"update organisations set change_seq = change_seq \+ 1.*", re.DOTALL)
    read = re.compile(r"select change_seq from organisations where org_id = .*", re.DOTALL)
    moment = "select (extract(epoch from clock_timestamp()) * 1000)::bigint as change_seq"

    def by_time(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any
    ) -> tuple[str, Any]:
        if advance.match(statement):
            return moment, {}
        if read.match(statement):
            return moment, {}
        return statement, parameters

    def dawdle(_connection: Any) -> None:
        time.sleep(random.random() / 50)  # noqa: S311 - not a secret

    event.listen(Engine, "before_cursor_execute", by_time, retval=True)
    event.listen(Engine, "commit", dawdle)


SERVER_BUGS: dict[str, Callable[[], None]] = {
    "receipt_outside_the_transaction": _receipt_outside_the_transaction,
    "cursor_by_timestamp": _cursor_by_timestamp,
}
