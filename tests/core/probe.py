"""An endpoint of the tests' own: it writes teams, fails when asked to, and counts its runs."""

from __future__ import annotations

import uuid
from threading import Event

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from fieldcrm.core.actor import Actor
from fieldcrm.core.db import db
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.errors import Conflict
from fieldcrm.core.wire import Wire
from fieldcrm.identity import service

bp = APIBlueprint("probe", __name__, enable_openapi=False)


class TeamDraft(Wire):
    name: str = Field(min_length=1, max_length=20)


class TeamOut(Wire):
    id: uuid.UUID
    name: str


class Probe:
    """What a test sets and reads."""

    runs = 0
    failing = False
    refusing = False
    entered = Event()
    go_on = Event()

    def reset(self) -> None:
        self.runs, self.failing, self.refusing = 0, False, False
        self.entered, self.go_on = Event(), Event()
        self.go_on.set()


probe = Probe()


@bp.post("/api/probe")
@endpoint("session.update", body=TeamDraft, answer=TeamOut, status=201)
def write_team(*, actor: Actor, body: TeamDraft) -> TeamOut | Response:
    probe.runs += 1
    team = service.create_team(db.session(), actor, name=body.name)
    probe.entered.set()
    probe.go_on.wait(10)
    if probe.failing:
        raise Conflict()
    if probe.refusing:
        return Response(status=409)
    return TeamOut(id=team.id, name=team.name)


@bp.post("/api/probe/upload")
@endpoint("session.update")
def upload(*, actor: Actor) -> dict[str, int]:
    from flask import request

    probe.runs += 1
    return {"size": len(request.files["file"].read())}


@bp.get("/api/probe/broken")
@endpoint("session.read")
def broken(*, actor: Actor) -> None:
    raise RuntimeError("secret detail")
