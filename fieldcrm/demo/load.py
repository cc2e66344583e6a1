"""Writes the demo organisations through the rooms' services, one transaction each."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.models import Contact
from fieldcrm.core import audit, bulk, clock
from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import Tracked, advance_clock, transaction
from fieldcrm.core.ids import new_id
from fieldcrm.demo.companies import Company
from fieldcrm.demo.customers import HOURS, Area, Customer, Town, customers
from fieldcrm.demo.history import Visit, visits
from fieldcrm.geocoding.rules import Level
from fieldcrm.geocoding.service import gazetteer
from fieldcrm.identity import service as identity
from fieldcrm.identity.models import User
from fieldcrm.visits.models import Activity, Task

PASSWORD: Final = "demo-fieldcrm"  # noqa: S105 - the demo's, printed for everybody to read
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri")
_ONE_BLOCK_TOWN = re.compile(r"丁目$|町$|[一-龥]$")


def load(company: Company) -> None:
    """Write one organisation with its people, customers and history."""
    actor = system_actor(identity.reserve_org_id())
    now = clock.now()
    found = list(customers(company, [_area(*area) for area in company.areas]))
    with transaction(actor) as session:
        identity.create_organisation(session, actor, slug=company.slug, name=company.name)
        people, teams = _people(session, actor, company)
        reps = [_rep_of(customer, company) for customer in found]
        owners = [people[index] for index in reps]
        seen = visits(company, found, reps, now=now)
        ids = accounts.bulk_create(
            session, actor, _accounts(found, seen, owners=owners, teams=teams, now=now)
        )
        contact_ids = _write_contacts(session, actor, found, ids=ids)
        _write_visits(session, actor, seen, ids=ids, people=people, contact_ids=contact_ids)


def _area(prefecture: str, municipality: str, team: str, count: int) -> Area:
    known = gazetteer()
    home = next(m for m in known.municipalities if (m.prefecture, m.name) == (prefecture, municipality))
    rows = range(home.first_town, home.end_town)
    towns = [Town(known.town_name(row), *known.town_point(row)) for row in rows]
    usable = [town for town in towns if town.lon and _ONE_BLOCK_TOWN.search(town.name)]
    return Area(prefecture, municipality, team, count, usable)


def _people(session: Session, actor: Actor, company: Company) -> tuple[list[User], dict[str, uuid.UUID]]:
    teams = {
        name: identity.create_team(session, actor, name=name).id
        for name in dict.fromkeys(person.team for person in company.people if person.team)
    }
    people = [
        identity.create_user(
            session,
            actor,
            email=person.email,
            name=person.name,
            role=Role(person.role),
            password=PASSWORD,
            # The manager leads every team of the demo.
            team_ids=teams.values()
            if person.role == "manager"
            else [teams[person.team]]
            if person.team
            else [],
        )
        for person in company.people
    ]
    return people, teams


def _rep_of(customer: Customer, company: Company) -> int:
    reps = [
        index
        for index, person in enumerate(company.people)
        if person.role == "rep" and person.team == customer.team
    ]
    return reps[customer.owner_pick % len(reps)]


def _accounts(
    found: Sequence[Customer],
    seen: Sequence[Visit],
    *,
    owners: Sequence[User],
    teams: Mapping[str, uuid.UUID],
    now: datetime,
) -> Iterable[dict[str, Any]]:
    last_visit = {visit.customer: visit for visit in seen if visit.channel == "visit"}
    last_contact = {visit.customer: visit for visit in seen}
    for index, customer in enumerate(found):
        visit, contact = last_visit.get(index), last_contact.get(index)
        yield {
            "kind": customer.kind.account_kind,
            "name": customer.name,
            "name_kana": customer.name_kana,
            "external_id": customer.external_id,
            "prefecture": customer.prefecture,
            "municipality": customer.municipality,
            "address": customer.address,
            "building": customer.building,
            "phones": [_phone(customer.phone)],
            "status": contact.status_after if contact else 1,
            "win_prob": contact.win_prob_after if contact else min(20, customer.win_prob),
            "win_prob_by": owners[index].id,
            "win_prob_at": contact.at if contact else now,
            "rank": customer.rank,
            "owner_id": owners[index].id,
            "team_id": teams[customer.team],
            "tags": customer.tags,
            "cadence_days": customer.kind.cadence_days,
            "opening_hours": {day: list(HOURS) for day in WEEKDAYS} if customer.has_hours else None,
            "lon": customer.lon,
            "lat": customer.lat,
            "precision": int(Level.BLOCK if customer.is_exact else Level.TOWN),
            "geo_source": "file",
            "geo_at": now,
            "geo_flags": [],
            "last_visit_at": visit.at if visit else None,
            "last_outcome": visit.outcome if visit else None,
            "last_contact_at": contact.at if contact else None,
            "next_action": contact.next_action if contact else None,
            "next_action_on": contact.next_action_on if contact else None,
        }


def _phone(text: str) -> dict[str, str]:
    return {"number": "+81" + text.replace("-", "")[1:], "label": "代表"}


def _write_contacts(
    session: Session, actor: Actor, found: Sequence[Customer], *, ids: Sequence[uuid.UUID]
) -> dict[int, uuid.UUID]:
    """Write every customer's people; return the first one's id by customer."""
    rows = []
    first: dict[int, uuid.UUID] = {}
    for index, customer in enumerate(found):
        for name, kana, title in customer.people:
            contact_id = new_id()
            first.setdefault(index, contact_id)
            rows.append(
                {
                    "id": contact_id,
                    "account_id": ids[index],
                    "name": name,
                    "name_kana": kana,
                    "title": title,
                    "phones": [],
                }
            )
    _insert(session, actor, Contact, rows)
    return first


def _write_visits(
    session: Session,
    actor: Actor,
    seen: Sequence[Visit],
    *,
    ids: Sequence[uuid.UUID],
    people: Sequence[User],
    contact_ids: Mapping[int, uuid.UUID],
) -> None:
    activities, tasks = [], []
    for visit in seen:
        met = contact_ids.get(visit.customer)
        activities.append(
            {
                "id": new_id(),
                "account_id": ids[visit.customer],
                "user_id": people[visit.rep].id,
                "channel": visit.channel,
                "outcome": visit.outcome,
                "note": visit.note,
                "occurred_at": visit.at,
                "recorded_at": visit.at,
                "duration_min": visit.duration_min,
                "win_prob_before": visit.win_prob_before,
                "win_prob_after": visit.win_prob_after,
                "status_before": visit.status_before,
                "status_after": visit.status_after,
                "next_action": visit.next_action,
                "next_action_on": visit.next_action_on,
                "contact_ids": [met] if met else [],
                "is_amended": False,
                "created_by": people[visit.rep].id,
            }
        )
        if visit.next_action:
            tasks.append(
                {
                    "id": new_id(),
                    "account_id": ids[visit.customer],
                    "owner_id": people[visit.rep].id,
                    "activity_id": activities[-1]["id"],
                    "title": visit.next_action,
                    "due_on": visit.next_action_on,
                }
            )
    _insert(session, actor, Activity, activities)
    _insert(session, actor, Task, tasks)


def _insert(session: Session, actor: Actor, model: type[Tracked], rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    moment = clock.now()
    stamp = {
        "org_id": actor.org_id,
        "version": 1,
        "change_seq": advance_clock(session),
        "created_at": moment,
        "updated_at": moment,
    }
    columns = list(dict.fromkeys([*rows[0], *stamp]))
    table = cast("Table", model.__table__)
    bulk.insert_rows(session, table, columns, ([{**row, **stamp}[name] for name in columns] for row in rows))
    audit.record_many(
        session,
        action="create",
        entity=table.name,
        changes_by_id=((row["id"], {}) for row in rows),
    )
