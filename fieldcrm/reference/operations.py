"""The endpoints of the application, as the document tells of them: found in the URL map, none by name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from werkzeug.routing import Rule

from fieldcrm.core.description import Description
from fieldcrm.core.endpoint import PUBLIC

_UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PARAMETER: Final = re.compile(r"<(?:(?P<converter>[^<:]+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    rule: Rule
    method: str
    view: Any

    @property
    def description(self) -> Description:
        """What ``@endpoint`` and ``@details`` say."""
        found: Description = vars(self.view)["description"]
        return found

    @property
    def path(self) -> str:
        """The address as OpenAPI writes it."""
        return _PARAMETER.sub(r"{\g<name>}", self.rule.rule)

    @property
    def room(self) -> str:
        """The room whose view it is: the document's tag."""
        return str(self.view.__module__.split(".")[1])

    @property
    def words(self) -> tuple[str, str]:
        """The first sentence of the docstring, and the rest."""
        first, _, rest = (inspect.getdoc(self.view) or "").partition("\n")
        return first.strip().rstrip("."), " ".join(rest.split())

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to be signed in."""
        return self.description.policy == PUBLIC

    @property
    def is_write(self) -> bool:
        """Whether the method may change something."""
        return self.method in _UNSAFE


def find_operations(app: Flask) -> Iterator[Operation]:
    """Yield every operation of the API in the order of addresses."""
    rules = (rule for rule in app.url_map.iter_rules() if is_for_programs(app, rule))
    for rule in sorted(rules, key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Operation(rule, method, app.view_functions[rule.endpoint])


def is_for_programs(app: Flask, rule: Rule) -> bool:
    """Return whether the address is part of the API: blueprints of pages and files say they are not."""
    blueprint = app.blueprints[rule.endpoint.rpartition(".")[0]]
    return bool(getattr(blueprint, "enable_openapi", True))
