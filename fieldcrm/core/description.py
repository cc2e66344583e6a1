"""What an endpoint gives and takes beyond its shapes: the part of its description that no type tells.

``@endpoint`` knows policy, body, query and answer; ``@details`` adds the statuses a view gives on purpose,
bodies and answers that are no JSON, and headers it reads. The OpenAPI document is made from both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
Schema = Mapping[str, Any]

PUBLIC: Final = "public"
"""The policy of endpoints that need no signed-in person."""

BINARY: Final[Schema] = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a view gives and takes besides JSON of its shapes."""

    also: tuple[int, ...] = ()
    problems: tuple[int, ...] = ()
    media_type: str = "application/json"
    schema: Schema | None = None
    takes: Mapping[str, Schema] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_marked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """Everything the document says of an endpoint besides its address and docstring."""

    policy: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    is_stepwise: bool
    details: Details

    @property
    def has_etag(self) -> bool:
        """Whether an answer to GET carries the mark of its content."""
        return self.policy != PUBLIC and self.details.is_marked

    @property
    def is_empty(self) -> bool:
        """Whether a successful answer has no content."""
        return self.answer is None and self.details.schema is None


def details(
    *,
    also: tuple[int, ...] = (),
    problems: tuple[int, ...] = (),
    media_type: str = "application/json",
    schema: Schema | None = None,
    takes: Mapping[str, Schema] | None = None,
    headers: Mapping[str, str] | None = None,
    is_marked: bool = True,
) -> Callable[[View], View]:
    """Describe the view below ``@endpoint``.

    ``also`` are further statuses of success, ``problems`` those of refusal besides what every endpoint may
    answer; ``takes`` are request bodies that are no JSON, ``headers`` those it reads (name: what for).
    What is not marked is never the same twice, or too long to look at: it has no ``ETag``.
    """
    told = Details(
        also=also,
        problems=problems,
        media_type=media_type,
        schema=schema if schema is not None or media_type == "application/json" else BINARY,
        takes=takes or {},
        headers=headers or {},
        is_marked=is_marked,
    )

    def decorate(view: View) -> View:
        vars(view)["details"] = told
        return view

    return decorate


def details_of(view: Callable[..., Any]) -> Details:
    """Return what ``@details`` said of ``view``, or the plain case."""
    found: Details = vars(view).get("details") or Details()
    return found
