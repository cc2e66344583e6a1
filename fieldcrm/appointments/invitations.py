"""Invitations by mail (iTIP, RFC 5546): asked to come, told of changes, told that it is off."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import render_template
from sqlalchemy.orm import Session

from fieldcrm.appointments import ics, queries
from fieldcrm.appointments.entries import entry_of
from fieldcrm.appointments.models import Appointment
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import known
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.core.mail import Invitation, Letter
from fieldcrm.identity import organisation
from fieldcrm.identity import service as identity

MAIL_TASK: Final = "appointments.mail_invitation"
REQUEST: Final = "REQUEST"
CANCEL: Final = "CANCEL"
_SUBJECTS: Final = {
    REQUEST: ("{title}（{when}）", "{title} ({when})"),
    CANCEL: ("取消：{title}（{when}）", "Cancelled: {title} ({when})"),
}


def send_later(session: Session, actor: Actor, appointment: Appointment, *, former: Iterable[str]) -> None:
    """Have all who are invited told, and who no longer is (``former``: those before); nobody of the past."""
    if appointment.ends_at < clock.now():
        return
    is_off = appointment.deleted_at is not None
    wanted = [] if is_off else appointment.invitees
    queued: set[tuple[uuid.UUID, str]] = known(session).setdefault("invited", set())
    told = {"org_id": actor.org_id, "appointment_id": str(appointment.id)}
    for address in wanted:
        if (appointment.id, address) not in queued:
            queued.add((appointment.id, address))
            defer_by_name(session, MAIL_TASK, **told, to=address, method=REQUEST)
    for address in sorted(set(former) - set(wanted)):
        # Invited and left out again before any mail went: there is nothing to take back.
        if (appointment.id, address) not in queued:
            defer_by_name(session, MAIL_TASK, **told, to=address, method=CANCEL)


def letter_of(
    session: Session, actor: Actor, appointment_id: uuid.UUID, *, to: str, method: str
) -> Letter | None:
    """Return the mail to one invitee as things are now; None where that is no longer so."""
    row = queries.find_placed(session, actor, appointment_id)
    if row is None:
        return None
    is_invited = row.Appointment.deleted_at is None and to in row.Appointment.invitees
    if is_invited != (method == REQUEST):
        return None
    place = organisation.organisation_of(session, actor)
    owner = identity.get_user(session, actor, row.Appointment.owner_id)
    locale = owner.locale or place.locale
    entry, who = entry_of(row), ics.Person(owner.name, owner.email)
    invitees: Sequence[str] = row.Appointment.invitees if is_invited else [to]
    write = ics.invitation if is_invited else ics.cancellation
    content = write(entry, organiser=who, invitees=invitees, timezone=place.timezone)
    when = when_text(entry, timezone=place.timezone, locale=locale)
    values: dict[str, Any] = {
        "title": entry.title, "when": when, "place": entry.place, "owner": owner.name, "email": owner.email,
        "organisation": place.name, "locale": locale, "ja": locale != "en", "is_off": not is_invited,
    }  # fmt: skip
    subject = _SUBJECTS[method][0 if values["ja"] else 1].format(title=entry.title, when=when)
    return Letter(
        to=to,
        subject=subject,
        text=render_template("mail/appointment.txt", **values),
        html=render_template("mail/appointment.html", subject=subject, **values),
        locale=locale,
        reply_to=owner.email,
        invitation=Invitation(method, content),
    )


def when_text(entry: ics.Entry, *, timezone: str, locale: str) -> str:
    """Return when it is as a mail says it: 12月1日(火) 10:00〜11:30, Tue 1 Dec 10:00-11:30."""
    zone = ZoneInfo(timezone)
    begin, end = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if entry.is_all_day:
        end -= timedelta(minutes=1)
    to = "-" if locale == "en" else "〜"
    if begin.date() == end.date():
        day = _day(begin, locale)
        return day if entry.is_all_day else f"{day} {begin:%H:%M}{to}{end:%H:%M}"
    if entry.is_all_day:
        return f"{_day(begin, locale)}{to}{_day(end, locale)}"
    return f"{_day(begin, locale)} {begin:%H:%M}{to}{_day(end, locale)} {end:%H:%M}"


def _day(at: datetime, locale: str) -> str:
    if locale == "en":
        return f"{at:%a} {at.day} {at:%b}"
    return f"{at.month}月{at.day}日({'月火水木金土日'[at.weekday()]})"
