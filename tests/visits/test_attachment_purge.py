"""Bytes that nobody needs any more leave the storage; all others stay."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from fieldcrm.core import jobs as queue_jobs
from fieldcrm.core import worker
from fieldcrm.core.db import transaction
from fieldcrm.files.rules import file_key, part_prefix, thumbnail_key
from fieldcrm.files.storage import Storage, storage
from fieldcrm.visits import jobs
from fieldcrm.visits.attachment_upload import DISCARD_TASK
from tests.files import samples
from tests.visits.attaching import attach, draft, send_all, send_part


@pytest.fixture
def rep(make_user):
    return make_user("rep")


@pytest.fixture
def client(client_for, rep):
    return client_for(rep)


@pytest.fixture
def account(client):
    return client.post("/api/accounts", json={"name": "聖ルカ病院"}).json


@pytest.fixture
def kept(app) -> Storage:
    with app.app_context():
        return storage()


def purge(rep, kept):
    with transaction(rep.org.actor) as session:
        return jobs.purge(session, rep.org.actor, kept)


def test_the_parts_of_a_whole_file_go_once_it_is_committed(client, account, rep, kept, app, monkeypatch):
    stored = attach(client, account, samples.picture())
    file = (rep.org_id, uuid.UUID(stored["id"]))
    assert len(kept.keys(part_prefix(*file))) == 1
    with transaction(rep.actor) as session:
        query = text(
            "select args from procrastinate.procrastinate_jobs"
            " where task_name = :task and args ->> 'attachment_id' = :id"
        )
        (queued,) = session.execute(query, {"task": DISCARD_TASK, "id": stored["id"]}).one()
    monkeypatch.setattr(worker, "_running_app", app)
    queue_jobs.queue.tasks[DISCARD_TASK](**queued)
    assert kept.keys(part_prefix(*file)) == []
    assert client.get(f"/api/attachments/{stored['id']}/content").status_code == 200


def test_deleted_files_stay_a_month(client, account, rep, kept, frozen_clock):
    gone, stays = (attach(client, account, samples.picture(colour=colour)) for colour in ("red", "blue"))
    client.delete(f"/api/attachments/{gone['id']}")
    key = file_key(rep.org_id, uuid.UUID(gone["id"]))
    frozen_clock.move(days=29)
    purge(rep, kept)
    assert kept.size(key)
    frozen_clock.move(days=2)
    assert purge(rep, kept) == 1
    assert kept.size(key) is kept.size(thumbnail_key(rep.org_id, uuid.UUID(gone["id"]))) is None
    assert kept.size(file_key(rep.org_id, uuid.UUID(stays["id"])))
    assert purge(rep, kept) == 0


def test_an_upload_that_rested_a_month_starts_anew(client, account, rep, kept, frozen_clock):
    content = samples.picture()
    file_id = client.post("/api/attachments", json=draft(account, content)).json["id"]
    send_part(client, file_id, content[:1000])
    clock = client.get("/api/sync/clock").json
    frozen_clock.move(days=31)
    assert purge(rep, kept) == 1
    assert kept.keys(part_prefix(rep.org_id, uuid.UUID(file_id))) == []
    assert client.get("/api/sync/clock").json == clock
    told = send_part(client, file_id, content[1000:], offset=1000)
    assert (told.status_code, told.json["received_bytes"]) == (409, 0)
    assert send_all(client, file_id, content).json["stored_at"]
