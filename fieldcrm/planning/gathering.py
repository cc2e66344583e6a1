"""All that a plan is made of, read in a handful of queries, whatever the number of accounts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.appointments import service as appointments
from fieldcrm.appointments.service import Busy
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import FieldError, Invalid
from fieldcrm.identity.service import people_within
from fieldcrm.planning import queries
from fieldcrm.planning.asked import APPOINTMENT, Asked, Meeting, Outing, Point, on_axis, outing_of
from fieldcrm.planning.candidates import MOST, MOST_OF_DAYS, Candidate, choose
from fieldcrm.planning.habits import Habits
from fieldcrm.planning.opening import Span
from fieldcrm.planning.org_settings import Ruling, ruling_of
from fieldcrm.planning.preferences import habits_of, owner_of, usual_habits
from fieldcrm.travel import service as travel
from fieldcrm.travel.service import Factors


@dataclass(frozen=True, slots=True)
class Gathered:
    """People's days, the accounts to choose from, and how many more there were."""

    outings: Sequence[Outing]
    candidates: Sequence[Candidate]
    available: int
    ruling: Ruling
    habits: Habits
    factors: Factors


def gather(session: Session, actor: Actor, asked: Asked, *, now: datetime) -> Gathered:
    """Return what the plan is made of.

    Of other people nothing is used but their appointments' times and accounts: their days are as everybody's,
    from the office. Raises Invalid at people, or accounts, that the actor does not reach.
    """
    _demand_people(session, actor, asked.user_ids)
    ruling = ruling_of(session, actor)
    own = habits_of(session, actor, ruling)
    busy = {
        user_id: appointments.busy(
            session, actor, user_id=user_id, day_from=asked.first_day, day_to=asked.last_day
        )
        for user_id in asked.user_ids
    }
    chosen = _chosen_rows(session, actor, asked, busy)
    outings = []
    for user_id in asked.user_ids:
        habits = own if user_id == actor.user_id else usual_habits(ruling)
        meetings, taken = _split(busy[user_id], asked, actor, chosen, is_own=user_id == actor.user_id)
        outings += [
            outing_of(
                asked, wanted, habits, user_id=user_id, country=ruling.country, timezone=actor.timezone,
                meetings=meetings, taken=taken,
            )
            for wanted in asked.days
        ]  # fmt: skip
    rows = _candidate_rows(session, actor, asked, chosen=chosen, outings=outings, ruling=ruling, now=now)
    found = choose(
        session, actor, rows, ruling=ruling, on=asked.last_day, user_ids=asked.user_ids,
        anchors=_anchors(outings), kept_ids=_kept(asked), now=now,
        most=MOST if len(outings) == 1 else MOST_OF_DAYS,
    )  # fmt: skip
    is_own = list(asked.user_ids) == [actor.user_id]
    habits = own if is_own else usual_habits(ruling)
    travel.refresh_factors(session, actor)
    factors = travel.find_factors(session, actor)
    return Gathered(outings, found.candidates, found.available, ruling, habits, factors)


def own_outings(
    session: Session, actor: Actor, asked: Asked, *, habits: Habits, ruling: Ruling
) -> list[Outing]:
    """Return the actor's own days between their appointments. Two queries."""
    user_id = owner_of(actor)
    busy = appointments.busy(session, actor, user_id=user_id, day_from=asked.first_day, day_to=asked.last_day)
    accounts = _chosen_rows(session, actor, asked, {user_id: busy})
    meetings, taken = _split(busy, asked, actor, accounts, is_own=True)
    return [
        outing_of(
            asked, wanted, habits, user_id=user_id, country=ruling.country, timezone=actor.timezone,
            meetings=meetings, taken=taken,
        )
        for wanted in asked.days
    ]  # fmt: skip


def _demand_people(session: Session, actor: Actor, user_ids: Sequence[uuid.UUID]) -> None:
    if set(user_ids) <= {actor.user_id}:
        return
    if not set(user_ids) <= people_within(session, actor, "plans.create"):
        raise Invalid(FieldError("user_ids", "unknown_reference"))


def _chosen_rows(
    session: Session, actor: Actor, asked: Asked, busy: Mapping[uuid.UUID, Sequence[Busy]]
) -> Mapping[uuid.UUID, Any]:
    """Return the accounts that somebody named, and those of appointments, in one query."""
    named = {
        "must_ids": asked.must_ids,
        "leave_out_ids": asked.leave_out_ids,
        "account_ids": asked.account_ids or (),
        "order_ids": asked.order_ids,
    }
    of_appointments = {each.account_id for times in busy.values() for each in times if each.account_id}
    wanted = of_appointments.union(*named.values())
    rows = {row.id: row for row in queries.list_chosen(session, actor, wanted)}
    errors = [
        FieldError(name, "unknown_reference") for name, ids in named.items() if not set(ids) <= rows.keys()
    ]
    if errors:
        raise Invalid(*errors)
    return rows


def _split(
    busy: Sequence[Busy],
    asked: Asked,
    actor: Actor,
    accounts: Mapping[uuid.UUID, Any],
    *,
    is_own: bool,
) -> tuple[list[Meeting], list[Span]]:
    """Return the appointments that are stops, and the times at which the person cannot be met otherwise.

    Of somebody else's appointment the place is used only where it is an account that the actor sees.
    """
    meetings: list[Meeting] = []
    taken: list[Span] = []
    for number, each in enumerate(busy):
        span = (
            max(on_axis(each.start, asked.first_day, actor.timezone), 0),
            on_axis(each.end, asked.first_day, actor.timezone),
        )
        account = accounts.get(each.account_id) if each.account_id else None
        point = _point_of(account) or (each.point if is_own else None)
        if each.is_all_day or point is None or span[1] <= span[0]:
            taken.append(span)
            continue
        name = account.name if account is not None else each.title if is_own else None
        meetings.append(
            Meeting(
                f"{APPOINTMENT}{each.appointment_id or number}", span, point, name or "",
                account.id if account is not None else None,
            )
        )  # fmt: skip
    return meetings, [span for span in taken if span[1] > span[0]]


def _candidate_rows(
    session: Session,
    actor: Actor,
    asked: Asked,
    *,
    chosen: Mapping[uuid.UUID, Any],
    outings: Sequence[Outing],
    ruling: Ruling,
    now: datetime,
) -> list[Any]:
    """Return the accounts to choose from, without those that are left out, met or were seen today."""
    is_open = asked.account_ids is None
    anchors = _anchors(outings)
    found = (
        queries.list_candidates(
            session, actor, owner_ids=asked.user_ids, until=asked.last_day, now=now,
            near=anchors[0] if anchors else None, ranks=ruling.ranks,
        )
        if is_open and any(each.shift for each in outings)
        else ()
    )  # fmt: skip
    met = {meeting.account_id for each in outings for meeting in each.meetings}
    kept = _kept(asked)
    today = clock.start_of_day(asked.first_day, actor.timezone)
    rows = {row.id: row for row in found if row.last_visit_at is None or row.last_visit_at < today}
    rows |= {account_id: chosen[account_id] for account_id in kept}
    return [
        row
        for account_id, row in rows.items()
        if account_id not in met and account_id not in asked.leave_out_ids
    ]


def _kept(asked: Asked) -> Collection[uuid.UUID]:
    return asked.must_ids | frozenset(asked.account_ids or ())


def _anchors(outings: Sequence[Outing]) -> list[Point]:
    """Return where people are anyway: the starts first, then the ends and the appointments."""
    starts = [each.start for each in outings if each.shift]
    others = [each.end for each in outings if each.shift]
    others += [meeting.point for each in outings for meeting in each.meetings]
    return list(dict.fromkeys(point for point in (*starts, *others) if point is not None))


def _point_of(row: Any) -> Point | None:
    return None if row is None or row.lon is None or row.lat is None else (row.lon, row.lat)
