"""Back in by mail: the same answer for everybody, a link that works once and for an hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import text

from fieldcrm.core.db import forget_tenant, set_tenant, transaction
from fieldcrm.identity import links, recovery, service
from fieldcrm.identity.links import Kind, LinkKey
from tests.fixtures.mail import MailServer, RunJobs, link_in, words_of
from tests.fixtures.people import FieldClient, MakeUser, Person
from tests.fixtures.queries import Queries
from tests.fixtures.surroundings import FrozenClock
from tests.identity.forms import FRESH, PASSWORD, sign_in, submit

ClientFor = Callable[[Person], FieldClient]


@pytest.fixture
def rep(make_user: MakeUser) -> Person:
    return make_user("rep", email="sato@example.jp", name="佐藤 花子", password=PASSWORD)


def _ask(client: FieldClient, email: str, lang: str = "ja") -> str:
    answer = submit(client, f"/forgot?lang={lang}", email=email)
    assert answer.status_code == 200
    return answer.text


def _count(person: Person, table: str) -> int:
    session = set_tenant(person.actor)
    try:
        return session.scalar(text(f"select count(*) from {table}"))
    finally:
        forget_tenant()


@pytest.mark.parametrize(
    ("locale", "subject", "words"),
    [
        ("ja", "FieldCRM パスワードの再設定", ("佐藤 花子 様", "11月18日(水) 11:00まで、1回だけ")),
        ("en", "Reset your FieldCRM password", ("Hello 佐藤 花子", "once, until Wed 18 Nov 11:00")),
    ],
)
def test_who_forgot_the_password_is_back_in_by_mail(
    stranger: FieldClient,
    make_user: MakeUser,
    client_for: ClientFor,
    mail_server: MailServer,
    run_jobs: RunJobs,
    frozen_clock: FrozenClock,
    locale: str,
    subject: str,
    words: tuple[str, ...],
) -> None:
    rep = make_user("rep", email="sato@example.jp", name="佐藤 花子", password=PASSWORD, locale=locale)
    elsewhere = client_for(rep)
    _ask(stranger, " SATO@example.jp ")
    run_jobs()
    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"]) == ("sato@example.jp", subject)
    assert mail["From"] == "北商事 <crm@example.jp>"
    assert all(each in words_of(mail) for each in words)
    path = link_in(mail)
    answer = submit(stranger, path, password=FRESH, again=FRESH)
    assert (answer.status_code, answer.location) == (303, "/")
    assert stranger.get("/api/session").json["user"]["name"] == "佐藤 花子"
    assert elsewhere.get("/api/session").status_code == 401  # signed out everywhere else
    used = stranger.get(path)
    assert used.status_code == 410
    fresh_browser = FieldClient(stranger.application, use_cookies=True)
    assert sign_in(fresh_browser, email=rep.email, password=PASSWORD).status_code == 401
    assert sign_in(fresh_browser, email=rep.email, password=FRESH).status_code == 303


def test_unknown_address_gets_the_same_answer_and_no_mail(
    stranger: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    known, unknown = (_ask(stranger, email) for email in ("sato@example.jp", "nobody@example.jp"))
    hide = re.compile(r'value="[^"]*"')
    assert hide.sub("", known) == hide.sub("", unknown)
    assert "sato@example.jp" not in known
    run_jobs()
    assert [mail["To"] for mail in mail_server.mails] == ["sato@example.jp"]


def test_unknown_address_costs_the_same_work(
    app: Flask, rep: Person, count_queries: Callable[[], AbstractContextManager[Queries]]
) -> None:
    work = []
    for email in ("sato@example.jp", "nobody@example.jp"):
        with count_queries() as seen:
            recovery.ask(email=email, address="192.0.2.7", locale="ja")
        work.append([statement.split(" WHERE ")[0] for statement in seen])
    assert work[0] == work[1]
    assert len(work[0]) >= 5


def test_link_ends_after_an_hour(
    stranger: FieldClient,
    rep: Person,
    mail_server: MailServer,
    run_jobs: RunJobs,
    frozen_clock: FrozenClock,
) -> None:
    _ask(stranger, rep.email)
    run_jobs()
    path = link_in(mail_server.mails[0])
    frozen_clock.move(minutes=59)
    assert "新しいパスワード" in stranger.get(f"{path}&lang=ja").text
    frozen_clock.move(minutes=2)
    ended = stranger.get(f"{path}&lang=en")
    assert ended.status_code == 410
    assert "does not work any more" in ended.text


def test_a_changed_password_closes_every_link_that_was_mailed(
    stranger: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    for _ in range(2):
        _ask(stranger, rep.email)
    run_jobs()
    first, second = (link_in(mail) for mail in mail_server.mails)
    assert submit(stranger, second, password=FRESH, again=FRESH).status_code == 303
    assert stranger.get(first).status_code == 410
    assert _count(rep, "password_resets") == 0


def test_what_is_wrong_is_said_and_the_link_stays_open(
    stranger: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    _ask(stranger, rep.email)
    run_jobs()
    path = f"{link_in(mail_server.mails[0])}&lang=ja"
    for password, again, told in (
        ("", "", "入力してください"),
        ("みじかい", "みじかい", "10文字以上"),
        (FRESH, FRESH + "x", "一致しません"),
        ("sato@example.jp", "sato@example.jp", "メールアドレスと同じ"),
    ):
        answer = submit(stranger, path, password=password, again=again)
        assert answer.status_code == 422
        assert told in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert submit(stranger, path, password=FRESH, again=FRESH).status_code == 303


def test_forged_and_foreign_links_open_nothing(
    app: Flask, stranger: FieldClient, rep: Person, make_organisation: Callable[..., object]
) -> None:
    with transaction(rep.org.actor) as session:
        reset = recovery.offer(session, rep.org.actor, user_id=rep.id, locale="ja")
        key = LinkKey(rep.org_id, reset.id)
    real = links.sign(Kind.RESET, key)
    other = make_organisation()
    forged = [
        "",
        "x",
        real[:-2],
        real.replace(".", "", 1),
        links.sign(Kind.INVITATION, key),
        links.sign(Kind.RESET, LinkKey(other.org_id, key.row_id)),
        links.sign(Kind.RESET, LinkKey(0, key.row_id)),
    ]
    assert [stranger.get("/reset", query_string={"t": text_}).status_code for text_ in forged] == [410] * len(
        forged
    )
    assert stranger.get("/reset", query_string={"t": real}).status_code == 200


def test_who_left_gets_no_way_back(
    stranger: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    _ask(stranger, rep.email)
    run_jobs()
    path = link_in(mail_server.mails[0])
    with transaction(rep.org.actor) as session:
        service.deactivate_user(session, rep.org.actor, user_id=rep.id)
    assert stranger.get(path).status_code == 410
    _ask(stranger, rep.email)
    run_jobs()
    assert len(mail_server.mails) == 1


def test_form_without_its_token_is_refused_with_what_was_typed(stranger: FieldClient, rep: Person) -> None:
    answer = stranger.post("/forgot", data={"email": rep.email})
    assert answer.status_code == 400
    assert rep.email in answer.text
    assert "有効期限" in answer.text or "expired" in answer.text


def test_asking_again_and_again_is_slowed_down_for_known_and_unknown_alike(
    stranger: FieldClient, rep: Person, frozen_clock: FrozenClock
) -> None:
    for email in (rep.email, "nobody@example.jp"):
        statuses = [submit(stranger, "/forgot", email=email).status_code for _ in range(6)]
        assert statuses == [200] * 4 + [429] * 2


def test_asking_and_setting_are_in_the_audit_log(
    stranger: FieldClient, rep: Person, mail_server: MailServer, run_jobs: RunJobs
) -> None:
    _ask(stranger, rep.email)
    run_jobs()
    submit(stranger, link_in(mail_server.mails[0]), password=FRESH, again=FRESH)
    session = set_tenant(rep.org.actor)
    rows = session.execute(
        text("select action, actor_id, changes from audit_log where entity_id = :id order by id"),
        {"id": rep.id},
    ).all()
    forget_tenant()
    assert [row.action for row in rows] == ["create", "ask_reset", "set_password", "update", "sign_in"]
    assert [row.actor_id for row in rows][1:] == [None, rep.id, rep.id, rep.id]
    assert "argon2" not in str(rows)
