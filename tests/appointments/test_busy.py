"""When a person is taken, as plans ask for it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.appointments import service
from fieldcrm.appointments.models import Appointment
from fieldcrm.core.db import transaction

TEN = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
"""10:00 in Tokyo."""


@pytest.fixture
def placed(organisation) -> uuid.UUID:
    with transaction(organisation.actor) as session:
        draft = AccountDraft(name="山田歯科", lon=139.7, lat=35.6)
        return accounts.create_account(session, organisation.actor, draft).id


def _keep(person, **values):
    with transaction(person.actor) as session:
        begin = values.pop("starts_at", TEN)
        values.setdefault("ends_at", begin + timedelta(hours=1))
        row = Appointment(org_id=person.org_id, starts_at=begin, **{"owner_id": person.id, **values})
        session.add(row)


def _busy(person, day, until=None, *, user_id=None):
    with transaction(person.actor) as session:
        return service.busy(
            session, person.actor, user_id=user_id or person.id, day_from=day, day_to=until or day
        )


def test_an_appointment_is_where_its_account_is(make_user, placed):
    rep = make_user()
    _keep(rep, title="打ち合わせ", account_id=placed)
    (found,) = _busy(rep, date(2026, 12, 1))
    assert (found.start, found.end) == (TEN, TEN + timedelta(hours=1))
    assert (found.account_id, found.title, found.point) == (placed, "打ち合わせ", (139.7, 35.6))


def test_a_place_of_its_own_comes_before_the_accounts(make_user, placed):
    rep = make_user()
    _keep(rep, title="会食", account_id=placed, lon=135.5, lat=34.7)
    _keep(rep, title="歯医者", starts_at=TEN + timedelta(hours=3))
    dinner, dentist = _busy(rep, date(2026, 12, 1))
    assert dinner.point == (135.5, 34.7)
    assert (dentist.title, dentist.point, dentist.account_id) == ("歯医者", None, None)


def test_days_are_the_organisations_and_colleagues_appointments_are_not_told(make_user):
    rep, colleague = make_user(), make_user()
    midnight = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    _keep(
        rep, title="前日から", starts_at=midnight - timedelta(hours=1), ends_at=midnight + timedelta(hours=1)
    )
    _keep(rep, title="前日まで", starts_at=midnight - timedelta(hours=1), ends_at=midnight)
    _keep(rep, title="ちょうど", starts_at=midnight, ends_at=midnight)
    _keep(rep, title="翌日", starts_at=midnight + timedelta(days=1))
    _keep(colleague, title="よその")
    _keep(rep, title="取消", deleted_at=TEN)
    assert [each.title for each in _busy(rep, date(2026, 12, 1))] == ["前日から", "ちょうど"]
    assert [each.title for each in _busy(rep, date(2026, 12, 1), date(2026, 12, 2))][-1] == "翌日"


def test_an_all_day_appointment_says_so(make_user):
    rep = make_user()
    begin = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    _keep(rep, title="展示会", starts_at=begin, ends_at=begin + timedelta(days=2), is_all_day=True)
    (found,) = _busy(rep, date(2026, 12, 2))
    assert found.is_all_day
    assert _busy(rep, date(2026, 12, 3)) == []
