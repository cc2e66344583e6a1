"""Background work: a job exists exactly if the data it is about does."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from fieldcrm.core.db import transaction
from fieldcrm.core.errors import Conflict
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.identity import service
from tests.fixtures.people import MakeOrganisation, Org

TASK = "core.rescue_stalled"


def _queued(session: Session, org: Org) -> list[dict[str, object]]:
    found = session.scalars(
        text("select args from procrastinate.procrastinate_jobs where (args ->> 'org_id')::bigint = :org"),
        {"org": org.org_id},
    )
    return list(found)


def _queue_and_write(session: Session, org: Org, *, fails: bool) -> None:
    team = service.create_team(session, org.actor, name="第一")
    defer_by_name(session, TASK, org_id=org.org_id, team_id=str(team.id))
    if fails:
        raise Conflict()


def test_a_job_is_queued_with_the_data(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        _queue_and_write(session, org, fails=False)
    with transaction(org.actor) as session:
        (arguments,) = _queued(session, org)
        assert session.scalars(text("select id::text from teams")).all() == [arguments["team_id"]]


def test_a_job_of_what_was_rolled_back_never_was(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with pytest.raises(Conflict), transaction(org.actor) as session:
        _queue_and_write(session, org, fails=True)
    with transaction(org.actor) as session:
        assert _queued(session, org) == []
