"""Background work of imports: run one, take one back."""

from __future__ import annotations

import logging
from uuid import UUID

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.errors import ProblemError
from fieldcrm.core.jobs import queue
from fieldcrm.core.worker import running_app
from fieldcrm.identity.absent import actor_of
from fieldcrm.imports import runner
from fieldcrm.imports.progress import set_failed
from fieldcrm.imports.service import RUN_TASK, UNDO_TASK
from fieldcrm.imports.undo import undo

log = logging.getLogger(__name__)


@queue.task(name=RUN_TASK)
def run_import(org_id: int, import_id: str, user_id: str | None) -> None:
    """Run an import, or go on with one that was interrupted."""
    with running_app().app_context():
        actor = actor_of(org_id, UUID(user_id) if user_id else None)
        try:
            runner.run(actor, UUID(import_id))
        except runner.Overtaken as why:
            log.info("import %s is not ours to run: %s", import_id, why)
        except ProblemError:
            log.info("import %s failed; the reason is stored with it", import_id)
        except Exception:
            _fail(actor, UUID(import_id))
            raise


@queue.task(name=UNDO_TASK)
def undo_import(org_id: int, import_id: str, user_id: str | None) -> None:
    """Take an import back, or go on with that."""
    with running_app().app_context():
        undo(actor_of(org_id, UUID(user_id) if user_id else None), UUID(import_id))


def _fail(actor: Actor, import_id: UUID) -> None:
    """What is done stays done and counted; starting it again goes on from there."""
    with transaction(actor) as session:
        set_failed(session, actor, import_id, code="internal", params={})
