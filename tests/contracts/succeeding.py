"""How calls succeed that no made-up call could be: what has to be there first, and what is sent.

By the operation as the document names it. Each sets its scene (which is taken back afterwards) and says what
differs from the plain call with ids that are there.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from PIL import Image
from sqlalchemy import update
from sqlalchemy.engine import Connection

from fieldcrm.core import clock
from fieldcrm.core.actor import Role
from fieldcrm.core.jobs import Job
from fieldcrm.files.rules import file_key
from fieldcrm.files.storage import storage
from fieldcrm.identity.models import User
from fieldcrm.imports import runner
from fieldcrm.sync.models import Device
from fieldcrm.visits.models import Attachment
from tests.contracts.rows import World, enter
from tests.fixtures.people import FieldClient, create_person

PASSWORD: Final = "見本のための合言葉2026"
NEXT_PASSWORD: Final = "つぎの見本の合言葉2027"
CUSTOMERS: Final = "会社名,電話番号\n見本商事,03-1234-5678\n,06-1234-5678\n"


@dataclass(frozen=True)
class Scene:
    """The organisation, its administrator's browser, and the connection behind it."""

    connection: Connection
    world: World
    client: FieldClient

    def change(self, table: Any, row_id: uuid.UUID, **values: Any) -> None:
        """Let a row be otherwise."""
        org_id = self.world.org.org_id
        enter(self.connection, org_id)
        is_it = (table.org_id == org_id) & (table.id == row_id)
        self.connection.execute(update(table).where(is_it).values(**values))

    def ask(self, path: str, **request: Any) -> Any:
        """Have something done by way of the API, and return the answer's JSON."""
        answer = self.client.post(path, **request)
        assert answer.status_code < 300, f"{path}: {answer.text}"
        return answer.json


@dataclass(frozen=True)
class Sent:
    """What the call sends in place of what would be made up."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def _sign_in(scene: Scene) -> Sent:
    person = create_person(scene.world.org, Role.REP, password=PASSWORD)
    return Sent(body={"email": person.email, "password": PASSWORD})


def _change_password(scene: Scene) -> Sent:
    return Sent(body={"current": PASSWORD, "password": NEXT_PASSWORD})


def _merge(scene: Scene) -> Sent:
    other = scene.ask("/api/accounts", json={"name": "重複した客"})
    return Sent(body={"into_id": other["id"]})


def _dissolve(scene: Scene) -> Sent:
    return Sent(body={"team_id": None})


def _deactivate(scene: Scene) -> Sent:
    leaver = create_person(scene.world.org, Role.REP)
    return Sent(path={"user_id": leaver.id}, body={"owner_id": None})


def _reactivate(scene: Scene) -> Sent:
    gone = create_person(scene.world.org, Role.REP)
    scene.change(User, gone.id, is_active=False)
    return Sent(path={"user_id": gone.id})


def _wiped(scene: Scene) -> Sent:
    device_id = scene.world.one("devices")
    scene.change(Device, device_id, user_id=scene.world.administrator.id, wipe_asked_at=clock.now())
    return Sent(path={"device_id": device_id}, body={"unsent": 0})


def _status(scene: Scene) -> Sent:
    names = {"code": "sample", "name_ja": "見本", "name_en": "Sample", "letter_ja": "見", "letter_en": "S"}
    return Sent(body={**names, "colour": "#336699", "colour_dark": "#99ccff"})


def _rename_rank(scene: Scene) -> Sent:
    return Sent(body={"rank": "A", "to": "特A"})


def _bytes(scene: Scene) -> Sent:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), "teal").save(made, "JPEG")
    content, row_id = made.getvalue(), scene.world.one("attachments")
    sha256 = hashlib.sha256(content).hexdigest()
    announced = {"kind": "photo", "media_type": "image/jpeg", "size_bytes": len(content), "sha256": sha256}
    author = scene.world.administrator.id
    scene.change(Attachment, row_id, created_by=author, stored_at=None, received_bytes=0, **announced)
    return Sent(
        path={"attachment_id": row_id},
        query={"offset": 0},
        body=content,
        media_type="application/octet-stream",
        headers={"X-Chunk-SHA256": sha256},
    )


def _map(scene: Scene) -> Sent:
    ordered = scene.ask("/api/coverage/maps", json={"days": 30})
    return Sent(path={"job_id": uuid.UUID(ordered["id"])})


def _map_file(scene: Scene) -> Sent:
    sent, org_id = _map(scene), scene.world.org.org_id
    made = {"state": "done", "total": 1, "result": Job.result + {"day": "2026-11-18", "size_bytes": 6}}
    scene.change(Job, sent.path["job_id"], **made)
    storage().write(file_key(org_id, sent.path["job_id"]), b"<html>")
    return sent


def _upload(scene: Scene) -> Sent:
    return Sent(body={"file": CUSTOMERS.encode()}, media_type="multipart/form-data")


def _taken_in(scene: Scene) -> uuid.UUID:
    file = (io.BytesIO(CUSTOMERS.encode()), "customers.csv")
    return uuid.UUID(scene.ask("/api/imports", data={"file": file})["id"])


def _busy_calendar(scene: Scene) -> Sent:
    return Sent(body={"url": "https://calendar.example/basic.ics"})


def _day_plan(scene: Scene) -> Sent:
    accepted = scene.client.put("/api/plans/2026-11-18", json={})
    assert accepted.status_code == 200, accepted.text
    return Sent(path={"day": "2026-11-18"})


def _draft(scene: Scene) -> Sent:
    return Sent(path={"import_id": _taken_in(scene)})


def _mapping(scene: Scene) -> Sent:
    return Sent(path={"import_id": _taken_in(scene)}, body={"mapping": {"0": "name", "1": None}})


def _start(scene: Scene) -> Sent:
    return Sent(path={"import_id": _taken_in(scene)}, body={"dry_run": False})


def _done(scene: Scene) -> uuid.UUID:
    import_id = _taken_in(scene)
    scene.ask(f"/api/imports/{import_id}/start", json={})
    counts = runner.run(scene.world.administrator.actor, import_id)
    assert (counts["created"], counts["refused"]) == (1, 1), counts
    return import_id


def _undo(scene: Scene) -> Sent:
    return Sent(path={"import_id": _done(scene)})


def _retry(scene: Scene) -> Sent:
    return Sent(path={"import_id": _done(scene), "row_no": 3}, body={"values": {"name": "名前のある客"}})


SUCCEEDING: Final[Mapping[str, Callable[[Scene], Sent]]] = {
    "POST /api/accounts/{account_id}/merge": _merge,
    "PUT /api/attachments/{attachment_id}/bytes": _bytes,
    "PUT /api/calendar/busy": _busy_calendar,
    "GET /api/coverage/maps/{job_id}": _map,
    "GET /api/coverage/maps/{job_id}/file": _map_file,
    "POST /api/imports": _upload,
    "GET /api/imports/{import_id}/mapping": _draft,
    "PUT /api/imports/{import_id}/mapping": _mapping,
    "POST /api/imports/{import_id}/rows/{row_no}/retry": _retry,
    "POST /api/imports/{import_id}/start": _start,
    "POST /api/imports/{import_id}/undo": _undo,
    "POST /api/ranks/rename": _rename_rank,
    "GET /api/plans/{day}": _day_plan,
    "POST /api/session": _sign_in,
    "PUT /api/session/password": _change_password,
    "POST /api/statuses": _status,
    "POST /api/sync/devices/{device_id}/wiped": _wiped,
    "POST /api/teams/{team_id}/dissolve": _dissolve,
    "POST /api/users/{user_id}/deactivate": _deactivate,
    "POST /api/users/{user_id}/reactivate": _reactivate,
}
