"""What phones pull: every change once, in order, only what the person may see."""

from __future__ import annotations

from fieldcrm.accounts import service as accounts
from fieldcrm.core.db import transaction
from fieldcrm.identity import service as identity
from tests.sync.conftest import pull

KINDS = ("accounts", "activities", "contacts", "tasks")


def test_first_pull_brings_everything_and_the_next_only_what_changed(admin):
    account = admin.post("/api/accounts", json={"name": "聖ルカ病院"}).json
    contact = admin.post("/api/contacts", json={"account_id": account["id"], "name": "佐藤"}).json
    body = {"account_id": account["id"], "occurred_at": "2026-11-01T01:00:00Z"}
    plan = {"next_action": "電話", "next_action_on": "2026-11-08"}
    visit = admin.post("/api/activities", json={**body, **plan}).json
    first = pull(admin)
    assert first["accounts"] == [admin.get(f"/api/accounts/{account['id']}").json]
    assert (first["contacts"], first["activities"]) == ([contact], [visit])
    assert [task["title"] for task in first["tasks"]] == ["電話"]
    assert (first["more"], first["gone"]) == (False, [])
    admin.patch(f"/api/contacts/{contact['id']}", json={"title": "院長"})
    second = pull(admin, first["cursor"])
    assert [row["title"] for row in second["contacts"]] == ["院長"]
    assert second["activities"] == second["tasks"] == []


def test_deleted_rows_come_as_gone_but_not_to_a_new_phone(admin):
    account = admin.post("/api/accounts", json={"name": "聖ルカ病院"}).json
    cursor = pull(admin)["cursor"]
    admin.delete(f"/api/accounts/{account['id']}")
    assert pull(admin, cursor)["gone"] == [{"type": "account", "id": account["id"], "reason": "deleted"}]
    fresh = pull(admin)
    assert (fresh["accounts"], fresh["gone"]) == ([], [])


def test_restored_account_comes_back_with_all_that_hangs_on_it(admin):
    account = admin.post("/api/accounts", json={"name": "聖ルカ病院"}).json
    admin.post("/api/contacts", json={"account_id": account["id"], "name": "佐藤"})
    plan = {"next_action": "電話", "next_action_on": "2026-11-08"}
    body = {"account_id": account["id"], "occurred_at": "2026-11-01T01:00:00Z", **plan}
    admin.post("/api/activities", json=body)
    admin.delete(f"/api/accounts/{account['id']}")
    cursor = pull(admin)["cursor"]
    admin.post(f"/api/accounts/{account['id']}/restore")
    again = pull(admin, cursor)
    assert [len(again[kind]) for kind in KINDS] == [1, 1, 1, 1]


def test_pages_lose_and_double_nothing_even_when_one_step_exceeds_them(admin, organisation):
    with transaction(organisation.actor) as session:
        accounts.bulk_create(session, organisation.actor, [{"name": f"店{n}"} for n in range(25)])
    for number in range(7):
        admin.post("/api/accounts", json={"name": f"一軒{number}"})
    seen, cursor, rounds = [], 0, 0
    while True:
        page = pull(admin, cursor, limit=10)
        steps = [row["change_seq"] for row in page["accounts"]]
        assert steps == sorted(steps)
        assert all(cursor < step <= page["cursor"] for step in steps)
        seen += [row["id"] for row in page["accounts"]]
        cursor, rounds = page["cursor"], rounds + 1
        if not page["more"]:
            break
    assert len(seen) == len(set(seen)) == 32
    assert rounds > 1


def test_rep_pulls_only_what_they_may_see(client_for, make_user, make_team):
    rep, other = make_user(teams=[make_team()]), make_user(teams=[make_team()])
    theirs = client_for(other).post("/api/accounts", json={"name": "他チームの客"}).json
    body = {"account_id": theirs["id"], "occurred_at": "2026-11-01T01:00:00Z", "next_action": "x"}
    client_for(other).post("/api/activities", json=body)
    client_for(other).post("/api/contacts", json={"account_id": theirs["id"], "name": "佐藤"})
    mine = client_for(rep).post("/api/accounts", json={"name": "私の客"}).json
    page = pull(client_for(rep))
    assert [row["id"] for row in page["accounts"]] == [mine["id"]]
    assert page["activities"] == page["contacts"] == page["tasks"] == []


def test_unchanged_is_answered_304_and_a_change_is_not(admin):
    admin.post("/api/accounts", json={"name": "聖ルカ病院"})
    page = admin.get("/api/sync/pull")
    known = {"If-None-Match": page.headers["ETag"]}
    url = f"/api/sync/pull?cursor={page.json['cursor']}"
    assert admin.get(url, headers=known).status_code == 304
    assert admin.get("/api/sync/pull?cursor=0", headers=known).status_code == 200
    clock = admin.get("/api/sync/clock")
    assert clock.json == {"clock": page.json["cursor"]}
    tick = {"If-None-Match": clock.headers["ETag"]}
    assert admin.get("/api/sync/clock", headers=tick).status_code == 304
    admin.post("/api/accounts", json={"name": "見本商店"})
    assert admin.get(url, headers=known).status_code == 200
    assert admin.get("/api/sync/clock", headers=tick).status_code == 200


def test_pull_asks_the_same_number_of_queries_for_any_number_of_rows(admin, count_queries):
    def enter(number):
        made = admin.post("/api/accounts", json={"name": f"店{number}"}).json
        admin.post("/api/activities", json={"account_id": made["id"], "occurred_at": "2026-11-01T01:00:00Z"})

    enter(0)
    with count_queries() as few:
        pull(admin)
    for number in range(1, 10):
        enter(number)
    with count_queries() as many:
        pull(admin)
    assert len(many) == len(few)


def test_what_the_person_may_see_has_changed_so_the_phone_starts_anew(
    admin, client_for, make_user, make_team, organisation
):
    admin.post("/api/accounts", json={"name": "聖ルカ病院"})
    rep = make_user(teams=[make_team("第一")])
    before = pull(client_for(rep))
    same = pull(client_for(rep), before["cursor"], reach=before["reach"])
    assert (same["reset"], same["reach"]) == (False, before["reach"])
    team = make_team("第二")
    with transaction(organisation.actor) as session:
        identity.add_member(session, organisation.actor, team_id=team.id, user_id=rep.id)
    after = pull(client_for(rep), before["cursor"], reach=before["reach"])
    assert (after["reset"], after["more"], after["accounts"]) == (True, False, [])
    assert after["reach"] != before["reach"]
    anew = pull(client_for(rep), after["cursor"], reach=after["reach"])
    assert not anew["reset"]


def test_a_cursor_past_the_clock_means_an_older_backup_and_a_new_start(admin):
    admin.post("/api/accounts", json={"name": "聖ルカ病院"})
    now = pull(admin)["cursor"]
    assert not pull(admin, now)["reset"]
    lost = pull(admin, now + 1)
    assert (lost["reset"], lost["cursor"], lost["accounts"]) == (True, now, [])


def test_nothing_new_is_small_and_asks_the_database_for_the_clock_alone(admin, count_queries):
    page = pull(admin)
    with count_queries() as asked:
        answer = admin.get(f"/api/sync/pull?cursor={page['cursor']}&reach={page['reach']}")
    assert len(answer.data) < 1_000
    assert len(asked) == 1, asked  # who asks; the clock comes with it


def test_news_of_others_is_one_question_more(client_for, make_user, make_team, count_queries):
    rep, other = make_user(teams=[make_team()]), make_user(teams=[make_team()])
    page = pull(client_for(rep))
    made = client_for(other).post("/api/accounts", json={"name": "他チームの客"}).json
    body = {"account_id": made["id"], "occurred_at": "2026-11-01T01:00:00Z", "next_action": "x"}
    client_for(other).post("/api/activities", json=body)
    client = client_for(rep)
    with count_queries() as asked:
        after = pull(client, page["cursor"], reach=page["reach"])
    assert len(asked) == 2, asked
    assert after["cursor"] > page["cursor"]
    assert not after["more"]
