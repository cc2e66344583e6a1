"""The server dies between commit and answer, the tab while it sends: what was saved is stored once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.conftest import OpenPhone
from tests.browser.driver import IN_STORE, first_account, wait_until_files_sent, wait_until_sent
from tests.browser.mortal import Fate
from tests.browser.records import Records
from tests.browser.rep import Rep, photo, words
from tests.browser.serving import Served, serve_beside

REP = "tanaka@mirai.example"
MET_WITHIN_MS = 30_000
# What became of each operation, as the server told this phone.
RECEIPTS = f"""async () => {{ {IN_STORE}
  return Object.fromEntries((await inStore('receipts', 'getAll')).map(({{type, status}}) => [type, status]));
}}"""


class Mortal(NamedTuple):
    """A web server, and what shall become of its answers."""

    web: Served
    fate: Fate


@pytest.fixture(scope="module")
def mortal(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """One for all tests here."""
    folder = tmp_path_factory.mktemp("mortal")
    where = folder / "fate"
    factory = "tests.browser.mortal:create_app"
    with serve_beside(served, folder / "web.log", factory=factory, FATE=str(where)) as web:
        yield Mortal(web, Fate(where))


def _open_at_an_account(open_browser: OpenPhone, mortal: Mortal) -> Page:
    page = open_browser(REP, base_url=mortal.web.url)
    page.goto(f"/accounts/{first_account(page, owner='me')['id']}")
    # Nothing else is on its way when the visit is.
    expect(page.get_by_role("button", name="訪問記録").first).to_be_visible()
    wait_until_sent(page)
    return page


def _wait_until_met(page: Page, fate: Fate) -> None:
    waited_ms = 0
    while not fate.is_met():
        page.wait_for_timeout(50)
        waited_ms += 50
        assert waited_ms < MET_WITHIN_MS, "no push came"


def _stored(mortal: Mortal, note: str) -> list[dict[str, object]]:
    find = "select id, org_id, account_id from activities where note = %(note)s"
    return Records(mortal.web, 0).rows(find, note=note)


def test_a_visit_whose_answer_died_with_the_server_is_stored_once(
    open_browser: OpenPhone, mortal: Mortal
) -> None:
    page = _open_at_an_account(open_browser, mortal)
    note = words("保存と返事のあいだにサーバーが落ちた訪問")
    mortal.fate.shall("die")
    Rep(page).logs_a_visit(note)
    _wait_until_met(page, mortal.fate)
    assert len(_stored(mortal, note)) == 1
    # The phone has heard nothing, and says so until another worker has answered it.
    wait_until_sent(page)
    assert page.evaluate(RECEIPTS) == {"activity.log": "duplicate"}
    assert len(_stored(mortal, note)) == 1


def test_a_tab_killed_while_it_sends_has_sent_once(open_browser: OpenPhone, mortal: Mortal) -> None:
    page = _open_at_an_account(open_browser, mortal)
    note = words("送信の途中で画面が落ちた訪問")
    mortal.fate.shall("dawdle")
    Rep(page).logs_a_visit(note, photos=[photo("入口.jpg")])
    _wait_until_met(page, mortal.fate)
    context = page.context
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash")
    page.close()
    mortal.fate.spare()

    again = context.new_page()
    again.goto("/today")
    wait_until_sent(again)
    wait_until_files_sent(again)
    assert again.evaluate(RECEIPTS) == {"activity.log": "duplicate", "attachment.add": "duplicate"}
    (visit,) = _stored(mortal, note)
    find = "select stored_at from attachments where activity_id = %(id)s"
    (kept,) = Records(mortal.web, 0).rows(find, id=visit["id"])
    assert kept["stored_at"]
