"""The organisation's change clock: one step a writing transaction, in the order of the commits."""

from __future__ import annotations

from threading import Event, Thread

from flask import Flask
from sqlalchemy import text

from fieldcrm.core.db import advance_clock, set_tenant, transaction
from fieldcrm.identity import service
from fieldcrm.identity.models import Team
from tests.fixtures.people import MakeOrganisation, Org


def _clock(session) -> int:
    return session.scalar(text("select change_seq from organisations"))


def test_one_transaction_is_one_step_and_one_version(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        before = _clock(session)
        first = service.create_team(session, org.actor, name="一")
        second = service.create_team(session, org.actor, name="二")
        first.name = "壱"
        session.flush()
        assert (first.change_seq, second.change_seq) == (before + 1, before + 1)
        assert (first.version, second.version) == (1, 1)
    with transaction(org.actor) as session:
        team = session.get(Team, (org.org_id, first_id := _id_of(session, "壱")))
        team.name = "いち"
        session.flush()
        assert (team.version, team.change_seq) == (2, before + 2)
        team.name = "いち"
        session.flush()
        assert team.version == 2
        assert first_id == team.id


def _id_of(session, name: str):
    return session.scalar(text("select id from teams where name = :name"), {"name": name})


def test_reading_does_not_move_the_clock(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        before = _clock(session)
    with transaction(org.actor) as session:
        service.queries.list_teams(session, org.org_id)
    with transaction(org.actor) as session:
        assert _clock(session) == before


def test_a_savepoint_taken_back_takes_back_its_step(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        before = _clock(session)
        savepoint = session.begin_nested()
        service.create_team(session, org.actor, name="やめた")
        savepoint.rollback()
        assert _clock(session) == before
        kept = service.create_team(session, org.actor, name="やる")
        # A remembered number that was never stored would be given to the next transaction as well.
        assert kept.change_seq == _clock(session) == before + 1


def test_a_savepoint_keeps_the_number_of_its_transaction(make_organisation: MakeOrganisation) -> None:
    org = make_organisation()
    with transaction(org.actor) as session:
        outer = advance_clock(session)
        with session.begin_nested():
            assert service.create_team(session, org.actor, name="中").change_seq == outer
        assert advance_clock(session) == outer


def test_numbers_are_in_the_order_of_the_commits(app: Flask, committed_organisation: Org) -> None:
    org = committed_organisation
    has_written, may_commit = Event(), Event()
    seen: dict[str, int] = {}

    def slow() -> None:
        with app.app_context(), transaction(org.actor) as session:
            seen["slow"] = service.create_team(session, org.actor, name="先").change_seq
            has_written.set()
            may_commit.wait(10)

    def quick() -> None:
        with app.app_context(), transaction(org.actor) as session:
            seen["quick"] = service.create_team(session, org.actor, name="後").change_seq

    first, second = Thread(target=slow), Thread(target=quick)
    first.start()
    assert has_written.wait(10)
    second.start()
    second.join(0.4)
    # The later writer waits: a reader can never see its number while a smaller one is still to come.
    assert second.is_alive()
    with app.app_context():
        reader = set_tenant(org.actor)
        before = _clock(reader)
        reader.rollback()
    may_commit.set()
    first.join(10)
    second.join(10)
    assert seen == {"slow": before + 1, "quick": before + 2}
