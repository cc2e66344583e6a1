"""Another e-mail to sign in with: confirmed by who reads its mail, told to the former address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant
from tests.fixtures.mail import MailServer, RunJobs, link_in, words_of
from tests.fixtures.people import FieldClient, MakeOrganisation, MakeUser, Person
from tests.fixtures.surroundings import FrozenClock
from tests.identity.forms import FRESH, PASSWORD, sign_in, submit

ClientFor = Callable[[Person], FieldClient]
OLD, NEW = "sato@example.jp", "sato.hanako@example.jp"


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep", email=OLD, name="佐藤 花子", password=PASSWORD)


@pytest.fixture
def admin(make_user: MakeUser, client_for: ClientFor) -> FieldClient:
    return client_for(make_user("administrator", password=PASSWORD))


def _ask(admin: FieldClient, rep: Person, email: str = NEW) -> None:
    answer = admin.put(f"/api/users/{rep.id}/email-change", json={"email": email})
    assert answer.status_code == 200, answer.text


def _newcomer(admin: FieldClient) -> FieldClient:
    return FieldClient(admin.application, use_cookies=True)


@pytest.mark.parametrize(
    ("locale", "subjects", "words"),
    [
        ("ja", ("FieldCRM メールアドレスの確認", "FieldCRM メールアドレスが変更されました"), "佐藤 花子 様"),
        (
            "en",
            ("Confirm your e-mail address for FieldCRM", "Your FieldCRM e-mail address was changed"),
            "He",
        ),
    ],
)
def test_the_new_address_is_confirmed_by_mail_and_the_former_one_is_told(
    make_user: MakeUser,
    admin: FieldClient,
    client_for: ClientFor,
    mail_server: MailServer,
    run_jobs: RunJobs,
    locale: str,
    subjects: tuple[str, str],
    words: str,
) -> None:
    rep = make_user("rep", email=OLD, name="佐藤 花子", password=PASSWORD, locale=locale)
    elsewhere = client_for(rep)
    submit(_newcomer(admin), "/forgot", email=OLD)
    run_jobs()
    way_back = link_in(mail_server.mails.pop())
    _ask(admin, rep, f"  {NEW.upper()} ")
    run_jobs()
    (asked,) = mail_server.mails
    assert (asked["To"], asked["Subject"]) == (NEW, subjects[0])
    assert words in words_of(asked)
    # Nothing has changed yet, and looking changes nothing.
    path = link_in(asked)
    assert NEW in _newcomer(admin).get(path).text
    assert elsewhere.get("/api/session").json["user"]["email"] == OLD
    assert sign_in(_newcomer(admin), email=NEW, password=PASSWORD).status_code == 401

    done = submit(_newcomer(admin), path)
    assert (done.status_code, NEW in done.text) == (200, True)
    assert elsewhere.get("/api/session").status_code == 401  # signed out everywhere
    assert _newcomer(admin).get(way_back).status_code == 410  # mailed to the former address
    assert _newcomer(admin).get(path).status_code == 410
    assert sign_in(_newcomer(admin), email=OLD, password=PASSWORD).status_code == 401
    assert sign_in(_newcomer(admin), email=NEW, password=PASSWORD).status_code == 303
    run_jobs()
    told = mail_server.mails[-1]
    assert (told["To"], told["Subject"]) == (OLD, subjects[1])
    assert NEW in words_of(told)
    (found,) = [each for each in admin.get("/api/users").json["items"] if each["id"] == str(rep.id)]
    assert (found["email"], found["new_email"], found["new_email_until"]) == (NEW, None, None)


def test_the_former_address_is_free_afterwards(
    admin: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs, make_user: MakeUser
) -> None:
    _ask(admin, rep)
    run_jobs()
    submit(_newcomer(admin), link_in(mail_server.mails[0]))
    make_user("rep", email=OLD, password=FRESH)
    assert sign_in(_newcomer(admin), email=OLD, password=FRESH).status_code == 303


def test_whose_address_is_of_another_organisation_is_told_to_who_reads_its_mail_and_nobody_else(
    admin: FieldClient,
    rep: Person,
    make_user: MakeUser,
    make_organisation: MakeOrganisation,
    mail_server: MailServer,
    run_jobs: RunJobs,
) -> None:
    free = admin.put(f"/api/users/{rep.id}/email-change", json={"email": "free@example.jp"})
    make_user("rep", email=NEW, org=make_organisation(), password=FRESH)
    taken = admin.put(f"/api/users/{rep.id}/email-change", json={"email": NEW})
    assert taken.status_code == free.status_code == 200
    assert set(taken.json) == set(free.json)
    run_jobs()
    answer = submit(_newcomer(admin), link_in(mail_server.mails[-1]) + "&lang=ja")
    assert answer.status_code == 422
    assert "すでにほかのサインインに使われています" in answer.text
    assert sign_in(_newcomer(admin), email=OLD, password=PASSWORD).status_code == 303
    assert sign_in(_newcomer(admin), email=NEW, password=FRESH).status_code == 303  # still the other's


def test_a_link_ends_when_it_is_asked_anew_withdrawn_too_old_or_its_person_gone(
    admin: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs, frozen_clock: FrozenClock
) -> None:
    def asked() -> str:
        _ask(admin, rep)
        run_jobs()
        return link_in(mail_server.mails[-1])

    first, second = asked(), asked()
    assert (_newcomer(admin).get(first).status_code, _newcomer(admin).get(second).status_code) == (410, 200)
    assert admin.delete(f"/api/users/{rep.id}/email-change").status_code == 204
    assert _newcomer(admin).get(second).status_code == 410
    third = asked()
    admin.post(f"/api/users/{rep.id}/deactivate", json={})
    assert _newcomer(admin).get(third).status_code == 410
    admin.post(f"/api/users/{rep.id}/reactivate")
    assert _newcomer(admin).get(third).status_code == 200
    frozen_clock.move(days=7, seconds=1)
    assert _newcomer(admin).get(third).status_code == 410
    assert _newcomer(admin).get("/confirm-email?t=made-up").status_code == 410


@pytest.mark.parametrize(
    ("email", "code"), [("sato", "bad_email"), (OLD, "same_email"), ("here@example.jp", "already_taken")]
)
def test_what_is_wrong_is_told_at_the_field(
    admin: FieldClient, rep: Person, make_user: MakeUser, email: str, code: str
) -> None:
    make_user("rep", email="here@example.jp")
    answer = admin.put(f"/api/users/{rep.id}/email-change", json={"email": email})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [("email", code)]


def test_asking_and_confirming_are_in_the_audit_log(
    admin: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    _ask(admin, rep)
    run_jobs()
    submit(_newcomer(admin), link_in(mail_server.mails[0]))
    session = set_tenant(rep.org.actor)
    found = text(
        "select actor_id, changes from audit_log where entity_id = :id and action = 'update' order by id"
    )
    rows = session.execute(found, {"id": rep.id}).all()
    forget_tenant()
    asked, confirmed = rows
    assert asked.changes["new_email"] == [None, NEW]
    assert asked.actor_id not in (None, rep.id)
    assert confirmed.changes["email"] == [OLD, NEW]
    assert confirmed.actor_id == rep.id


def test_nobody_but_an_administrator_changes_an_address(
    rep: Person, make_user: MakeUser, client_for: ClientFor
) -> None:
    for role in ("manager", "rep", "back_office"):
        client = client_for(make_user(role))
        answer = client.put(f"/api/users/{rep.id}/email-change", json={"email": NEW})
        assert answer.status_code == 403
