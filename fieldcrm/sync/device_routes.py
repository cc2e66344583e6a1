"""URLs of devices: each registers itself; people see their own, administrators all, and wipe a lost one."""

from __future__ import annotations

import base64
import uuid

from apiflask import APIBlueprint
from flask import Response

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.description import details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.paging import PageQuery
from fieldcrm.core.problems import problem
from fieldcrm.identity import gate
from fieldcrm.sync import devices
from fieldcrm.sync.device_schemas import DeviceIn, DeviceList, DeviceOut, SealKey, Wiped

bp = APIBlueprint("devices", __name__)


@bp.post("/api/sync/devices")
@endpoint("devices.register", body=DeviceIn, answer=SealKey)
@details(problems=(410,))
def register(*, actor: Actor, body: DeviceIn) -> SealKey | Response:
    """Register the device that asks; the same one gets the same key again."""
    session = db.session()
    if gate.is_reserved_for_another(body.id):
        # Answered, not raised: the end of the session is to stay written down.
        gate.end_this_session(session)
        return problem(devices.DeviceWiped())
    device = devices.register_device(
        session, actor, device_id=body.id, label=body.label, app_version=body.app_version
    )
    return SealKey(id=device.id, seal_key=base64.b64encode(device.seal_key or b"").decode())


@bp.post("/api/sync/devices/<uuid:device_id>/wiped")
@endpoint("devices.register", body=Wiped, status=204)
def report_wiped(*, actor: Actor, device_id: uuid.UUID, body: Wiped) -> None:
    """The device has emptied itself; its session ends."""
    session = db.session()
    devices.confirm_wipe(session, actor, device_id, unsent=body.unsent)
    gate.end_this_session(session)


@bp.get("/api/devices")
@endpoint("devices.read", query=PageQuery, answer=DeviceList)
def list_devices(*, actor: Actor, query: PageQuery) -> DeviceList:
    """Return one's own devices; a manager those of the teams, an administrator all."""
    rows, next_cursor = devices.list_devices(db.session(), actor, query)
    return DeviceList(items=[DeviceOut.model_validate(row) for row in rows], next_cursor=next_cursor)


@bp.post("/api/devices/<uuid:device_id>/wipe")
@endpoint("devices.wipe", status=204)
@details(problems=(409,))
def ask_wipe(*, actor: Actor, device_id: uuid.UUID) -> None:
    """Have the device emptied at its next contact, and its session ended."""
    devices.ask_wipe(db.session(), actor, device_id)


@bp.delete("/api/devices/<uuid:device_id>/wipe")
@endpoint("devices.wipe", status=204)
@details(problems=(409,))
def cancel_wipe(*, actor: Actor, device_id: uuid.UUID) -> None:
    """Take back the wish to have the device emptied."""
    devices.cancel_wipe(db.session(), actor, device_id)
