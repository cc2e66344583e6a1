"""The feed: who has its link reads one person's calendar, with any reader; nobody else reads anything."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from icalendar import Calendar
from sqlalchemy import select

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.appointments import feeds, ics
from fieldcrm.appointments.models import CalendarFeed
from fieldcrm.core import clock
from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.identity.signals import person_left

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def still(monkeypatch):
    monkeypatch.setattr(clock, "_read", lambda: NOW)


@pytest.fixture
def rep(make_user):
    return make_user("rep", name="伊藤 博")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


def link_of(client) -> str:
    answer = client.post("/api/calendar/feed")
    assert answer.status_code == 201, answer.text
    return "/calendar/" + answer.json["url"].rsplit("/", 1)[1]


def make(client, title, *, start=NOW, hours=1, is_all_day=False, **said):
    time = {
        "starts_at": clock.iso(start),
        "ends_at": clock.iso(start + timedelta(hours=hours)),
        "is_all_day": is_all_day,
    }
    answer = client.post("/api/appointments", json={"title": title, "time": time, **said})
    assert answer.status_code == 201, answer.text
    return answer.json


def events(content: bytes) -> dict[str, Any]:
    return {str(each["SUMMARY"]): each for each in Calendar.from_ical(content).walk("VEVENT")}


def test_two_readers_find_the_same_times_places_and_words(client, stranger, rep):
    with transaction(rep.actor) as session:
        draft = AccountDraft(name="山田歯科; 本院, 2階", address="東京都港区1-1", lon=139.7, lat=35.6)
        account_id = accounts.create_account(session, rep.actor, draft).id
    make(client, "商談, 見積もり; 第2回\n改訂" * 4, start=NOW, account_id=str(account_id))
    make(client, "展示会", start=NOW, hours=30, is_all_day=True, place={"name": "幕張"})
    content = stranger.get(link_of(client)).data
    by_title = events(content)
    read_again = {each.summary.value: each for each in vobject.readOne(content.decode()).vevent_list}
    assert set(by_title) == set(read_again)
    talk, fair = by_title["商談, 見積もり; 第2回\n改訂" * 4], by_title["展示会"]
    assert (talk.start, talk.end) == (NOW, NOW + timedelta(hours=1))
    assert read_again[str(talk["SUMMARY"])].dtstart.value == NOW
    assert str(talk["LOCATION"]) == "山田歯科; 本院, 2階 東京都港区1-1"
    assert (talk["GEO"].latitude, talk["GEO"].longitude) == (35.6, 139.7)
    assert (fair.start, fair.end) == (date(2026, 11, 30), date(2026, 12, 2))
    assert (read_again["展示会"].dtstart.value, read_again["展示会"].dtend.value) == (fair.start, fair.end)
    assert (str(fair["LOCATION"]), fair["SEQUENCE"]) == ("幕張", 1)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_only_the_persons_own_and_what_stands_is_told(client, client_for, make_user, stranger):
    make(client_for(make_user("rep")), "同僚の予定")
    kept, gone = make(client, "残る"), make(client, "取消")
    make(client, "昔", start=NOW - timedelta(days=200))
    client.delete(f"/api/appointments/{gone['id']}")
    client.patch(f"/api/appointments/{kept['id']}", json={"title": "改題"})
    found = events(stranger.get(link_of(client)).data)
    assert [(title, each["SEQUENCE"]) for title, each in found.items()] == [("改題", 2)]
    assert str(found["改題"]["UID"]) == f"{kept['id']}@fieldcrm"


def test_a_new_link_ends_the_former_and_none_is_told_twice(client, stranger):
    first = link_of(client)
    assert stranger.get(first).status_code == 200
    second = link_of(client)
    assert (stranger.get(first).status_code, stranger.get(second).status_code) == (404, 200)
    told = client.get("/api/calendar").json
    assert told["feed"] == {"created_at": clock.iso(NOW), "last_read_at": clock.iso(NOW)}
    assert client.delete("/api/calendar/feed").status_code == 204
    assert stranger.get(second).status_code == 404
    assert client.get("/api/calendar").json["feed"] is None


def test_every_wrong_link_is_answered_alike(client, stranger, connection):
    link = link_of(client)
    org, feed_id, secret = link.removeprefix("/calendar/").removesuffix(".ics").split("-", 2)
    other = "A" * 43
    wrong = [
        f"{org}-{feed_id}-{other}", f"{org}-{uuid.uuid4().hex}-{secret}", f"999999999-{feed_id}-{secret}",
        f"{org}-{feed_id}-{secret[:-1]}", "x", f"{org}-{feed_id}-{secret}x",
    ]  # fmt: skip
    answers = [stranger.get(f"/calendar/{each}.ics") for each in wrong]
    assert {each.status_code for each in answers} == {404}
    with transaction(system_actor(int(org))) as session:
        stored = session.scalars(select(CalendarFeed)).one()
        assert stored.secret_hash != secret.encode()
        assert len(stored.secret_hash) == 32


def test_it_sets_no_cookie_and_may_be_kept_for_minutes_by_its_reader_alone(client, stranger):
    make(client, "予定")
    link = link_of(client)
    answer = stranger.get(link)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    again = stranger.get(link, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_who_reads_too_often_waits(client, stranger, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_READS", 2)
    link = link_of(client)
    assert [stranger.get(link).status_code for _ in range(3)] == [200, 200, 429]
    later = NOW + feeds.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(clock, "_read", lambda: later)
    assert stranger.get(link).status_code == 200


def test_a_link_ends_with_its_person(client, stranger, rep, organisation):
    link = link_of(client)
    with transaction(organisation.actor) as session:
        person_left.send(session, actor=organisation.actor, user_id=rep.id, heir_id=None)
    assert stranger.get(link).status_code == 404


def test_a_room_above_adds_what_stands_there_besides(app, client, stranger, rep):
    def stops(session, actor, user_id, begin, end):
        assert (user_id, begin < NOW < end) == (rep.id, True)
        entry = {"uid": uuid.UUID(int=7), "title": "訪問 1", "starts_at": NOW, "ends_at": NOW}
        return [ics.Entry(**entry, is_all_day=False, sequence=0, changed_at=NOW)]

    feeds.use_more_entries(app, stops)
    try:
        assert list(events(stranger.get(link_of(client)).data)) == ["訪問 1"]
    finally:
        app.extensions.pop("calendar_entries")
