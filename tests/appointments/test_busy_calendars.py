"""A calendar elsewhere: off until its person sets it, read by a chain of jobs, its times taken in plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from fieldcrm.appointments import busy_calendars, jobs
from fieldcrm.appointments.fetching import FetchFailed
from fieldcrm.appointments.models import BusyTime
from fieldcrm.appointments.service import busy
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.db import transaction

DAY = (datetime.now(UTC) + timedelta(days=5)).date()
ADDRESS = "https://calendar.example/private-key/basic.ics"


def content(title="面接", hour=1):
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:1",
        "DTSTAMP:20260101T000000Z", f"DTSTART:{DAY:%Y%m%d}T{hour:02}0000Z",
        f"DTEND:{DAY:%Y%m%d}T{hour + 1:02}0000Z", f"SUMMARY:{title}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@pytest.fixture
def rep(make_user):
    return make_user("rep")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def elsewhere(monkeypatch):
    """What stands at the address; each time it is asked for is counted."""
    state = {"says": content(), "asked": []}

    def fetch(url):
        state["asked"].append(url)
        if isinstance(state["says"], Exception):
            raise state["says"]
        return state["says"]

    monkeypatch.setattr(jobs, "fetch", fetch)
    return state


def taken(person):
    with transaction(person.actor) as session:
        found = busy(session, person.actor, user_id=person.id, day_from=DAY, day_to=DAY)
        return [(each.start.hour, each.title, each.account_id, each.appointment_id) for each in found]


def connect(client, **said):
    answer = client.put("/api/calendar/busy", json={"url": ADDRESS, **said})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_nothing_is_asked_for_until_the_person_sets_it(client, rep, elsewhere, run_jobs):
    assert client.get("/api/calendar").json == {"feed": None, "busy": None}
    run_jobs()
    assert (elsewhere["asked"], taken(rep)) == ([], [])


def test_its_times_are_taken_without_their_titles(client, rep, make_user, elsewhere, run_jobs):
    told = connect(client)
    assert (told["host"], told["keeps_titles"], told["read_at"]) == ("calendar.example", False, None)
    assert "private-key" not in str(told)
    run_jobs()
    assert taken(rep) == [(1, None, None, None)]
    assert client.get("/api/calendar").json["busy"]["read_at"] is not None
    assert taken(make_user("rep")) == []
    with transaction(rep.actor) as session:
        assert session.scalars(select(BusyTime.title)).all() == [None]
        entries = select(AuditEntry.changes).where(AuditEntry.entity == "busy_calendars")
        written = session.scalars(entries).all()
        assert written
        assert "private-key" not in str(written)


def test_titles_are_kept_when_wanted_and_gone_when_no_longer(client, rep, elsewhere, run_jobs):
    connect(client, keeps_titles=True)
    run_jobs()
    assert taken(rep) == [(1, "面接", None, None)]
    connect(client, keeps_titles=False)
    assert taken(rep) == []
    run_jobs()
    assert taken(rep) == [(1, None, None, None)]


def test_the_next_reading_is_queued_for_half_an_hour_later_and_replaces_the_times(
    client, rep, elsewhere, run_jobs, connection
):
    connect(client)
    run_jobs()
    rows = connection.execute(
        text(
            "select args, scheduled_at - now() as wait from procrastinate.procrastinate_jobs"
            " where task_name = 'appointments.read_busy' and scheduled_at is not null"
        )
    ).all()
    assert len(rows) == 1
    assert timedelta(minutes=29) < rows[0].wait < timedelta(minutes=60)
    elsewhere["says"] = content(hour=6)
    jobs.read_busy(**rows[0].args)
    assert taken(rep) == [(6, None, None, None)]


def test_a_former_chain_of_jobs_stops_and_what_is_ended_is_forgotten(
    client, rep, elsewhere, run_jobs, organisation
):
    connect(client)
    connect(client)
    assert client.post("/api/calendar/busy/read").status_code == 200
    run_jobs()
    assert len(elsewhere["asked"]) == 1
    assert client.delete("/api/calendar/busy").status_code == 204
    assert (taken(rep), client.get("/api/calendar").json["busy"]) == ([], None)
    assert client.post("/api/calendar/busy/read").status_code == 404


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        (FetchFailed("not_public"), "not_public"),
        (FetchFailed("too_slow"), "too_slow"),
        (b"<html>", "not_a_calendar"),
    ],
)
def test_why_nothing_came_is_told_and_what_was_read_stays(client, rep, elsewhere, run_jobs, says, problem):
    connect(client)
    run_jobs()
    elsewhere["says"] = says
    client.post("/api/calendar/busy/read")
    run_jobs()
    told = client.get("/api/calendar").json["busy"]
    assert told["problem"] == problem
    assert told["message"]
    assert told["message"] != f"calendar_{problem}"
    assert taken(rep) == [(1, None, None, None)]


def test_an_address_without_tls_is_refused_at_its_field(client):
    answer = client.put("/api/calendar/busy", json={"url": "http://calendar.example/a.ics"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "calendar_not_https"


def test_an_address_inside_our_network_is_never_asked(client, rep, run_jobs, monkeypatch):
    """The whole way, with the real fetching: the name leads to this machine."""
    monkeypatch.setattr("socket.create_connection", lambda *_a, **_k: pytest.fail("it was asked"))
    connect(client, url="https://localhost/a.ics")
    run_jobs()
    assert client.get("/api/calendar").json["busy"]["problem"] == "not_public"


def test_days_asked_for_hold_both_appointments_and_times_from_elsewhere(client, rep, elsewhere, run_jobs):
    connect(client)
    run_jobs()
    time = {"starts_at": f"{DAY}T05:00:00Z", "ends_at": f"{DAY}T06:00:00Z"}
    client.post("/api/appointments", json={"title": "商談", "time": time})
    assert [(hour, title) for hour, title, _, _ in taken(rep)] == [(1, None), (5, "商談")]
    assert isinstance(DAY, date)
    assert timedelta(days=5) < busy_calendars.AHEAD
