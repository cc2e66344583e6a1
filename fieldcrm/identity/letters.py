"""The mails of identity, in the language of who gets them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template

from fieldcrm.core.mail import Letter
from fieldcrm.identity.messages import SUBJECTS


def invitation_letter(
    *, to: str, name: str, locale: str, organisation: str, inviter: str | None, link: str, expires: str
) -> Letter:
    """Return the mail that invites somebody to join."""
    values = {
        "name": name,
        "organisation": organisation,
        "inviter": inviter,
        "link": link,
        "expires": expires,
    }
    return _letter("invitation", to=to, locale=locale, **values)


def reset_letter(*, to: str, name: str, locale: str, link: str, expires: str) -> Letter:
    """Return the mail that lets somebody back in."""
    return _letter("reset", to=to, locale=locale, name=name, link=link, expires=expires)


def changed_letter(*, to: str, name: str, locale: str, at: str, link: str) -> Letter:
    """Return the mail that tells of a new password: who did not set it must learn of it."""
    return _letter("password_changed", to=to, locale=locale, name=name, at=at, link=link)


def email_change_letter(*, to: str, name: str, locale: str, link: str, expires: str) -> Letter:
    """Return the mail by which whoever reads it confirms that the address is theirs."""
    return _letter("email_change", to=to, locale=locale, name=name, link=link, expires=expires)


def email_changed_letter(*, to: str, name: str, locale: str, email: str, at: str) -> Letter:
    """Return the mail that tells the former address of the new one."""
    return _letter("email_changed", to=to, locale=locale, name=name, email=email, at=at)


def moment_text(at: datetime, *, timezone: str, locale: str) -> str:
    """Return a moment as a mail says it: 11月18日(水) 19:00, Wed 18 Nov 19:00."""
    local = at.astimezone(ZoneInfo(timezone))
    if locale == "en":
        return f"{local:%a} {local.day} {local:%b %H:%M}"
    weekday = "月火水木金土日"[local.weekday()]
    return f"{local.month}月{local.day}日({weekday}) {local:%H:%M}"


def _letter(template: str, *, to: str, locale: str, **values: Any) -> Letter:
    given = {**values, "locale": locale, "ja": locale != "en"}
    subject = SUBJECTS[template][0 if given["ja"] else 1].format(**values)
    return Letter(
        to=to,
        subject=subject,
        text=render_template(f"mail/{template}.txt", **given),
        html=render_template(f"mail/{template}.html", subject=subject, **given),
        locale=locale,
    )
