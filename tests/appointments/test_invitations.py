"""Invitations by mail: asked, told of changes and that it is off, through a real mail server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import vobject
from icalendar import Calendar

from fieldcrm.core import clock

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


@pytest.fixture
def client(client_for, make_user):
    return client_for(make_user("rep", name="伊藤 博", email="ito@example.jp"))


def time(start=SOON, hours=1):
    return {"starts_at": clock.iso(start), "ends_at": clock.iso(start + timedelta(hours=hours))}


def make(client, *invitees, **said):
    body = {"title": "打ち合わせ", "time": time(), "invitees": list(invitees), **said}
    answer = client.post("/api/appointments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json


def told(mail):
    """Return (to, method, event) of a mail: its alternative and its file say the same."""
    (part,) = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    (file,) = [each for each in mail.walk() if each.get_filename() == "invite.ics"]
    content = part.get_payload(decode=True)
    assert file.get_payload(decode=True) == content
    calendar = Calendar.from_ical(content)
    assert vobject.readOne(content.decode()).method.value == str(calendar["METHOD"])
    assert part.get_param("method") == str(calendar["METHOD"])
    (event,) = calendar.walk("VEVENT")
    return mail["To"], str(calendar["METHOD"]), event


def test_each_invitee_is_asked_in_the_owners_name(client, mail_server, run_jobs):
    made = make(client, "a@example.jp", "b@example.jp", place={"name": "本社"})
    run_jobs()
    assert sorted(mail["To"] for mail in mail_server.mails) == ["a@example.jp", "b@example.jp"]
    _, method, event = told(mail_server.mails[0])
    assert (method, str(event["UID"]), event["SEQUENCE"]) == ("REQUEST", f"{made['id']}@fieldcrm", 1)
    assert str(event["ORGANIZER"]) == "mailto:ito@example.jp"
    assert event["ORGANIZER"].params["CN"] == "伊藤 博"
    assert [str(each) for each in event["ATTENDEE"]] == ["mailto:a@example.jp", "mailto:b@example.jp"]
    assert event["ATTENDEE"][0].params["RSVP"] == "TRUE"
    assert (event.start, str(event["LOCATION"])) == (SOON, "本社")
    assert mail_server.mails[0]["Reply-To"] == "ito@example.jp"
    assert mail_server.mails[0]["Subject"].startswith("打ち合わせ（")


def test_a_change_is_told_with_a_higher_number_and_who_is_left_out_is_told_so(client, mail_server, run_jobs):
    made = make(client, "a@example.jp", "b@example.jp")
    run_jobs()
    mail_server.mails.clear()
    later = SOON + timedelta(hours=2)
    change = {"time": time(later), "invitees": ["a@example.jp", "c@example.jp"]}
    assert client.patch(f"/api/appointments/{made['id']}", json=change).status_code == 200
    run_jobs()
    said = {
        to: (method, event["SEQUENCE"], event.start) for to, method, event in map(told, mail_server.mails)
    }
    assert said == {
        "a@example.jp": ("REQUEST", 2, later),
        "c@example.jp": ("REQUEST", 2, later),
        "b@example.jp": ("CANCEL", 2, later),
    }


def test_a_cancelled_one_is_called_off(client, mail_server, run_jobs):
    made = make(client, "a@example.jp")
    run_jobs()
    mail_server.mails.clear()
    client.delete(f"/api/appointments/{made['id']}")
    run_jobs()
    (mail,) = mail_server.mails
    to, method, event = told(mail)
    assert (to, method, str(event["STATUS"]), event["SEQUENCE"]) == ("a@example.jp", "CANCEL", "CANCELLED", 2)
    assert mail["Subject"].startswith("取消：打ち合わせ")


def test_nothing_is_said_where_nothing_changed_or_it_is_over(client, mail_server, run_jobs):
    made = make(client, "a@example.jp")
    run_jobs()
    mail_server.mails.clear()
    client.patch(f"/api/appointments/{made['id']}", json={"title": "打ち合わせ"})
    make(client, "a@example.jp", time=time(SOON - timedelta(days=30)))
    run_jobs()
    assert mail_server.mails == []


def test_what_is_off_before_the_mail_goes_asks_nobody(client, mail_server, run_jobs):
    made = make(client, "a@example.jp")
    client.delete(f"/api/appointments/{made['id']}")
    run_jobs()
    assert [told(mail)[1] for mail in mail_server.mails] == ["CANCEL"]


def test_a_title_cannot_write_into_the_mail_or_the_calendar(client, mail_server, run_jobs):
    make(client, "a@example.jp", title="急ぎ\nATTENDEE:mailto:evil@example.com <b>x</b>")
    run_jobs()
    (mail,) = mail_server.mails
    _, _, event = told(mail)
    assert str(event["ATTENDEE"]) == "mailto:a@example.jp"
    assert "\n" not in mail["Subject"]
    html = mail.get_body(("html",)).get_content()
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
