"""Every write is in the audit log: by whom, when, from what to what."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from fieldcrm.core import audit
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction
from fieldcrm.identity import service
from fieldcrm.identity.models import Team, TeamMember
from tests.fixtures.people import MakeUser, Org, Person


def _entries(person: Person | Org, entity_id: uuid.UUID) -> list[AuditEntry]:
    with transaction(person.actor) as session:
        found = session.scalars(
            select(AuditEntry).where(AuditEntry.entity_id == entity_id).order_by(AuditEntry.id)
        ).all()
        session.expunge_all()
        return list(found)


def test_create_change_delete_and_restore_are_told_apart(make_user: MakeUser, frozen_clock) -> None:
    me = make_user("administrator")
    with transaction(me.actor) as session:
        team_id = service.create_team(session, me.actor, name="第一").id
    for change in ({"name": "第二"}, {"deleted_at": frozen_clock.now()}, {"deleted_at": None}):
        with transaction(me.actor) as session:
            team = session.get(Team, (me.org_id, team_id))
            for name, value in change.items():
                setattr(team, name, value)
    created, renamed, deleted, restored = _entries(me, team_id)
    assert [entry.action for entry in (created, renamed, deleted, restored)] == [
        "create",
        "update",
        "delete",
        "restore",
    ]
    assert created.changes["name"] == [None, "第一"]
    assert renamed.changes == {"name": ["第一", "第二"], "version": [1, 2]}
    assert deleted.changes == {"deleted_at": [None, "2026-11-18T01:00:00Z"], "version": [2, 3]}
    assert {entry.actor_id for entry in (created, renamed, deleted, restored)} == {me.id}
    assert {entry.entity for entry in (created, renamed, deleted, restored)} == {"teams"}
    assert created.at == frozen_clock.moment


def test_an_erased_row_leaves_its_trace(make_user: MakeUser) -> None:
    me = make_user("administrator")
    with transaction(me.actor) as session:
        team = service.create_team(session, me.actor, name="第一")
        member = service.add_member(session, me.actor, team_id=team.id, user_id=me.id)
        member_id = member.id
    with transaction(me.actor) as session:
        session.delete(session.get(TeamMember, (me.org_id, member_id)))
    assert [entry.action for entry in _entries(me, member_id)] == ["create", "erase"]


def test_a_write_that_changes_nothing_is_not_told(make_user: MakeUser) -> None:
    me = make_user("administrator")
    with transaction(me.actor) as session:
        team_id = service.create_team(session, me.actor, name="第一").id
    with transaction(me.actor) as session:
        session.get(Team, (me.org_id, team_id)).name = "第一"
    assert len(_entries(me, team_id)) == 1


def test_what_is_rolled_back_was_never_written(make_user: MakeUser) -> None:
    me = make_user("administrator")
    with transaction(me.actor) as session:
        savepoint = session.begin_nested()
        team_id = service.create_team(session, me.actor, name="やめた").id
        savepoint.rollback()
    assert _entries(me, team_id) == []


def test_password_hash_is_never_told(make_user: MakeUser) -> None:
    me = make_user(password="一二三四五六七八九十")
    with transaction(me.org.actor) as session:
        service.set_password(session, me.org.actor, user_id=me.id, password="十九八七六五四三二一")
    told = _entries(me.org, me.id)
    assert {entry.action for entry in told} == {"create", "update", "set_password"}
    for entry in told:
        assert "password_hash" not in entry.changes
        assert "argon2" not in str(entry.changes)


def test_many_rows_are_told_in_one_statement(make_user: MakeUser, count_queries) -> None:
    me = make_user("administrator")
    with transaction(me.actor) as session, count_queries() as seen:
        session.add_all([Team(org_id=me.org_id, name=f"班{n}") for n in range(50)])
        session.flush()
    assert len([statement for statement in seen if "INSERT INTO audit_log" in statement]) == 1, seen


def test_lists_of_ids_and_dates_can_be_told(make_user: MakeUser, frozen_clock) -> None:
    me = make_user()
    thing = uuid.uuid4()
    with transaction(me.actor) as session:
        audit.record(
            session,
            action="export",
            entity="accounts",
            entity_id=thing,
            changes={"ids": (None, [thing]), "day": (None, frozen_clock.now().date())},
        )
    assert _entries(me, thing)[0].changes == {"ids": [None, [str(thing)]], "day": [None, "2026-11-18"]}


def test_entries_carry_the_request(client_for, make_user: MakeUser) -> None:
    me = make_user(locale="ja")
    answer = client_for(me).put("/api/session/preferences", json={"locale": "en"})
    last = _entries(me, me.id)[-1]
    assert last.changes["locale"] == ["ja", "en"]
    assert last.request_id == answer.headers["X-Request-Id"]
