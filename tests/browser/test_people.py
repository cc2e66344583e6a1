"""A team is opened: invited at a desk, joined on a phone, locked out, back in by mail within a minute."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import APP, OpenPhone
from tests.browser.driver import wait_until_copied
from tests.browser.serving import Served
from tests.browser.test_tour import axe, settle

ADDRESS = "tanaka.minoru@mirai.example"
FIRST, SECOND = "はじめての合言葉2026", "つぎの合言葉は長い2027"
NAME = "田中 みのる"
MOVED = "harada.aya@naniwa.example"


class Mailbox:
    """The mails that came for an address, read as they come."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder, self.page, self.read = folder, page, set[Path]()

    def next_link(self, to: str) -> str:
        """Wait for the next mail and return the link in it."""
        for _ in range(600):
            for path in sorted(set(self.folder.glob("*.eml")) - self.read):
                mail = message_from_bytes(path.read_bytes(), policy=default)
                assert isinstance(mail, EmailMessage)
                self.read.add(path)
                body = mail.get_body(("plain",))
                found = re.search(r"http\S+\?t=\S+", body.get_content() if body else "")
                if mail["To"] == to and found:
                    return found.group(0)
            self.page.wait_for_timeout(100)
        raise AssertionError(f"no mail to {to}")


@pytest.fixture
def mail_folder(served: Served) -> Path:
    return Path(served.environment["MAIL_DIR"])


def _invite(desk: Page) -> None:
    desk.goto("/more")
    desk.get_by_role("link", name=re.compile("^ユーザー")).click()
    desk.get_by_role("button", name="招待する").click()
    sheet = desk.get_by_role("dialog", name="招待する")
    sheet.get_by_label("メールアドレス").fill("tanaka.minoru")
    sheet.get_by_label("名前").fill("田中 実")
    sheet.get_by_role("checkbox").first.check()
    sheet.get_by_role("button", name="招待メールを送る").click()
    expect(sheet.get_by_text("メールアドレスの形式が正しくありません")).to_be_visible()
    assert axe(desk) == []
    sheet.get_by_label("メールアドレス").fill(ADDRESS)
    sheet.get_by_role("button", name="招待メールを送る").click()
    expect(sheet).to_be_hidden()
    expect(desk.get_by_role("listitem").filter(has_text=ADDRESS)).to_be_visible()


def _set_password(phone: Page, password: str, button: str) -> None:
    phone.locator("input[name=password]").fill(password)
    phone.locator("input[name=again]").fill(password)
    assert axe(phone) == []
    phone.get_by_role("button", name=button).tap()
    phone.wait_for_selector(APP)


def test_invited_at_the_desk_joined_on_the_phone_locked_out_and_back_in_by_mail(
    open_browser: OpenPhone, mail_folder: Path
) -> None:
    desk = open_browser("admin@mirai.example", is_desktop=True)
    _invite(desk)
    phone = open_browser()
    mailbox = Mailbox(mail_folder, phone)
    phone.goto(mailbox.next_link(ADDRESS))
    expect(phone.get_by_role("heading", name=re.compile("へようこそ"))).to_be_visible()
    phone.locator("input[name=name]").fill(NAME)
    _set_password(phone, FIRST, "はじめる")
    wait_until_copied(phone)
    phone.goto("/more")
    expect(phone.get_by_text(NAME)).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("button", name=re.compile(NAME))).to_be_visible()
    expect(desk.get_by_text(ADDRESS)).to_have_count(0)  # no longer waiting

    lost = open_browser()
    lost.goto("/sign-in")
    lost.get_by_role("link", name="パスワードを忘れた方").tap()
    lost.locator("input[name=email]").fill(ADDRESS)
    lost.get_by_role("button", name="リンクを送る").tap()
    expect(lost.get_by_role("heading", name="メールをご確認ください")).to_be_visible()
    assert axe(lost) == []
    link = mailbox.next_link(ADDRESS)
    lost.goto(link)
    _set_password(lost, SECOND, "設定してサインイン")
    wait_until_copied(lost)
    assert json.loads(lost.request.get("/api/session").text())["user"]["name"] == NAME
    # The other phone is signed out and says so; what it keeps stays.
    phone.reload()
    expect(phone.get_by_text("サインイン").first).to_be_visible()
    used = open_browser()
    used.goto(link)
    expect(used.get_by_role("heading", name="このリンクは使えません")).to_be_visible()
    assert axe(used) == []


def test_who_leaves_hands_over_and_a_team_is_put_together_and_ended(
    open_browser: OpenPhone, mail_folder: Path
) -> None:
    page = open_browser("admin@naniwa.example", locale="en")
    page.goto("/more/teams")
    page.get_by_role("button", name="New team").tap()
    sheet = page.get_by_role("dialog", name="New team")
    sheet.get_by_label("Name").fill("Night shift")
    sheet.get_by_role("checkbox").nth(1).check()
    sheet.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("button", name=re.compile("Night shift.*1 person"))).to_be_visible()

    page.get_by_role("button", name=re.compile("Night shift")).tap()
    page.get_by_role("dialog").get_by_role("button", name="End the team").tap()
    dialog = page.get_by_role("dialog", name="End the team")
    expect(dialog.get_by_text("Its people (1) are no longer in this team.")).to_be_visible()
    expect(dialog.get_by_text("Accounts without an owner (0) can then be seen by everybody.")).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name="End the team").tap()
    expect(page.get_by_text("The team has ended. People: 1, accounts: 0")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Night shift"))).to_have_count(0)

    page.goto("/more/people")
    leaver = "原田 彩"
    page.get_by_role("button", name=re.compile(leaver)).tap()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").tap()
    dialog = page.get_by_role("dialog", name="Deactivate")
    assert axe(page) == []
    dialog.get_by_label("Who takes over").select_option(index=1)
    dialog.get_by_role("button", name="Deactivate").tap()
    expect(page.get_by_text(re.compile(r"Deactivated\. [1-9]\d* accounts"))).to_be_visible()
    expect(page.get_by_role("heading", name="1 deactivated person")).to_be_visible()
    page.get_by_role("searchbox").fill(leaver)
    page.get_by_role("button", name=re.compile(leaver)).tap()
    page.get_by_role("dialog").get_by_role("button", name="Reactivate").tap()
    expect(page.get_by_role("heading", name="1 active person")).to_be_visible()
    _change_email(page, open_browser(), Mailbox(mail_folder, page), leaver)


def _change_email(desk: Page, newcomer: Page, mailbox: Mailbox, name: str) -> None:
    """Give the person another address, as they confirm it by the mail."""
    desk.get_by_role("button", name=re.compile(name)).tap()
    desk.get_by_role("dialog").get_by_role("button", name="Change the e-mail").tap()
    dialog = desk.get_by_role("dialog", name="Change the e-mail")
    dialog.get_by_label("New e-mail").fill("harada@naniwa")
    dialog.get_by_role("button", name="Send the mail").tap()
    expect(dialog.get_by_text("Not a valid e-mail address")).to_be_visible()
    assert axe(desk) == []
    dialog.get_by_label("New e-mail").fill(MOVED)
    dialog.get_by_role("button", name="Send the mail").tap()
    expect(desk.get_by_text(f"The mail goes to {MOVED}")).to_be_visible()
    desk.get_by_role("button", name=re.compile(name)).tap()
    expect(desk.get_by_role("dialog").get_by_text(re.compile("^Waiting to be confirmed"))).to_be_visible()
    newcomer.goto(mailbox.next_link(MOVED))
    assert axe(newcomer) == []
    newcomer.get_by_role("button", name=re.compile("変更する")).tap()
    newcomer.get_by_role("link", name="サインインへ").tap()
    newcomer.fill("input[name=email]", MOVED)
    newcomer.fill("input[name=password]", "demo-fieldcrm")
    newcomer.click("button[type=submit]")
    newcomer.wait_for_selector("nav")


def test_a_token_is_made_used_and_revoked_and_the_password_changed(
    open_browser: OpenPhone, served: Served
) -> None:
    page = open_browser("office@mirai.example")
    page.goto("/more/tokens")
    expect(page.get_by_text("トークンはありません")).to_be_visible()
    page.get_by_role("button", name="新しいトークン").tap()
    sheet = page.get_by_role("dialog", name="新しいトークン")
    sheet.get_by_label("用途").fill("データ倉庫")
    sheet.get_by_role("button", name="トークンを作る").tap()
    token = sheet.locator("code").inner_text()
    assert axe(page) == []
    headers = {"Authorization": f"Bearer {token}"}
    program = open_browser()
    assert program.request.get("/api/accounts?limit=1", headers=headers).status == 200
    assert program.request.post("/api/accounts", headers=headers, data={"name": "x"}).status == 403
    sheet.get_by_role("button", name="控えました").tap()
    page.get_by_role("button", name="データ倉庫を無効化").tap()
    expect(page.get_by_text("トークンはありません")).to_be_visible()
    assert program.request.get("/api/accounts?limit=1", headers=headers).status == 401

    elsewhere = open_browser("office@mirai.example")
    page.goto("/more/security")
    expect(page.get_by_text("この端末")).to_be_visible()
    page.get_by_role("button", name="パスワードを変更").tap()
    dialog = page.get_by_role("dialog", name="パスワードを変更")
    dialog.get_by_label("いまのパスワード").fill("demo-fieldcrm")
    dialog.get_by_label("新しいパスワード", exact=False).nth(0).fill(FIRST)
    dialog.get_by_label("もう一度", exact=False).fill(FIRST)
    dialog.get_by_role("button", name="変更する").tap()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^ほかの"))).to_have_count(0)
    assert elsewhere.request.get("/api/session").status == 401
    assert page.request.get("/api/session").status == 200
    settle(page)
    newcomer = open_browser()
    newcomer.goto("/sign-in")
    newcomer.fill("input[name=email]", "office@mirai.example")
    newcomer.fill("input[name=password]", FIRST)
    newcomer.click("button[type=submit]")
    newcomer.wait_for_selector(APP)
