"""A territory of its own for one day: three people, 36 customers in a valley, twelve of them along the river.

`python -m tests.browser.valley` makes a fresh one in the served app's database and prints what it is as JSON.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

import fieldcrm
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.contacts import create_contact
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.accounts.settings_schemas import ContactDraft
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, Role, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.identity import service as identity
from fieldcrm.identity.models import User
from fieldcrm.visits import service as visits
from fieldcrm.visits import tasks
from fieldcrm.visits.schemas import ActivityDraft, TaskDraft
from tests.browser.serving import PASSWORD, ROOT, Served

LON, LAT = 139.09, 35.81
"""The middle of the twelve."""
RIVER = (
    ("氷川建材", "ヒカワケンザイ"),
    ("白丸電機", "シロマルデンキ"),
    ("鳩ノ巣工務店", "ハトノスコウムテン"),
    ("古里製材", "コリセイザイ"),
    ("川井設備", "カワイセツビ"),
    ("御嶽食品", "ミタケショクヒン"),
    ("沢井酒販", "サワイシュハン"),
    ("軍畑運輸", "イクサバタウンユ"),
    ("二俣尾化学", "フタマタオカガク"),
    ("石神前機械", "イシガミマエキカイ"),
    ("日向和田薬品", "ヒナタワダヤクヒン"),
    ("宮ノ平印刷", "ミヤノヒライサツ"),
)
AROUND = 24
PEOPLE = (
    ("rep", "谷の外回り", Role.REP),
    ("colleague", "谷の同僚", Role.REP),
    ("administrator", "谷の管理者", Role.ADMINISTRATOR),
)
TASKS = ("見積の返事を聞く", "カタログを届ける")


@dataclass(frozen=True)
class Valley:
    """Who works there, and the customers along the river by name."""

    org_id: int
    rep: str
    colleague: str
    administrator: str
    accounts: dict[str, str]

    def customer(self, number: int) -> tuple[str, str]:
        """Return the id and the name of the customer with that number on the river, from 0."""
        name = RIVER[number][0]
        return self.accounts[name], name


def settle_valley(served: Served) -> Valley:
    """Make a fresh one."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.valley"],
        cwd=ROOT,
        env=served.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Valley(**json.loads(done.stdout))


def _place(number: int) -> tuple[float, float]:
    """Three rows of four, 250 m apart; the others in a wide ring around them."""
    if number < len(RIVER):
        return LON + (number % 4 - 1.5) * 0.0028, LAT + (number // 4 - 1) * 0.0022
    turn = 2 * math.pi * (number - len(RIVER)) / AROUND
    return LON + 0.06 * math.cos(turn), LAT + 0.05 * math.sin(turn)


def _people(session: Session, root: Actor, mark: str) -> tuple[uuid.UUID, dict[str, User]]:
    team_id = identity.create_team(session, root, name="谷").id
    people = {
        who: identity.create_user(
            session,
            root,
            email=f"{who}@{mark}.example",
            name=name,
            role=role,
            password=PASSWORD,
            team_ids=[] if role is Role.ADMINISTRATOR else [team_id],
        )
        for who, name, role in PEOPLE
    }
    return team_id, people


def _customer(session: Session, rep: Actor, number: int) -> uuid.UUID:
    lon, lat = _place(number)
    is_river = number < len(RIVER)
    name, kana = RIVER[number] if is_river else (f"山の取引先{number}", f"ヤマノトリヒキサキ{number}")
    draft = {
        "name": name,
        "name_kana": kana,
        "status": 1 + number % 3,
        "win_prob": 30,
        "cadence_days": 30,
        "phones": [{"number": f"0428-22-11{number:02}", "label": "代表"}],
        "lon": lon,
        "lat": lat,
        "geo_source": "drag",
    }
    return accounts.create_account(session, rep, AccountDraft.model_validate(draft)).id


def _past(session: Session, rep: Actor, account_ids: list[uuid.UUID]) -> None:
    """Give the customers on the river somebody to ask for and a visit a month ago, the last two a task."""
    now = clock.now()
    for number, account_id in enumerate(account_ids):
        create_contact(session, rep, ContactDraft(account_id=account_id, name=f"購買窓口{number}"))
        note = f"{RIVER[number][0]}：前回は見積を渡した"
        occurred_at = now - timedelta(days=31, minutes=number)
        draft = ActivityDraft(account_id=account_id, outcome=1, note=note, occurred_at=occurred_at)
        visits.log_activity(session, rep, draft)
    for account_id, title in zip(account_ids[-len(TASKS) :], TASKS, strict=True):
        due_on = (now - timedelta(days=2)).date()
        tasks.create_task(session, rep, TaskDraft(account_id=account_id, title=title, due_on=due_on))


def _settle() -> dict[str, Any]:
    with fieldcrm.create_app().app_context():
        root = system_actor(identity.reserve_org_id())
        mark = f"tani-{root.org_id}"
        with transaction(root) as session:
            identity.create_organisation(session, root, slug=mark, name="谷の会社")
            team_id, people = _people(session, root, mark)
            rep = Actor(root.org_id, people["rep"].id, Role.REP, frozenset([team_id]))
        with transaction(rep) as session:
            ids = [_customer(session, rep, number) for number in range(len(RIVER) + AROUND)]
            _past(session, rep, ids[: len(RIVER)])
    named = {name: str(account_id) for (name, _), account_id in zip(RIVER, ids, strict=False)}
    return {"org_id": root.org_id, **{who: f"{who}@{mark}.example" for who in people}, "accounts": named}


if __name__ == "__main__":
    print(json.dumps(_settle()))
