"""The map to pass on: one HTML file by folium that opens without a network.

Land, municipalities coloured by coverage, the accounts in a layer a status, a legend. Everything that
came from people reaches the page as escaped text or as JSON in which no tag can begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

from fieldcrm.config import PROJECT_DIR
from fieldcrm.core.fast_json import dumps, loads
from fieldcrm.territories.leaflet import leaflet
from fieldcrm.territories.rules import class_of

COLOURS: Final = ("#9a5208", "#dcab55", "#d6d3a8", "#7fc1b8", "#0f766a")
"""Brown to teal, lowest first: told apart with any colour vision (after ColorBrewer's BrBG)."""
_TEMPLATE: Final = PROJECT_DIR / "templates" / "coverage_map.html"
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_PLAIN: Final = "#6b7785"


@dataclass(frozen=True, slots=True)
class StatusLayer:
    """The accounts of one status: [lon * 1e5, lat * 1e5, name, day of the last visit or None, is overdue]."""

    name: str
    letter: str
    colour: str
    accounts: list[list[Any]] = field(default_factory=list)

    @property
    def safe_colour(self) -> str:
        """Return the colour where it is one: it is written into styles."""
        return self.colour if _HEX.fullmatch(self.colour) else _PLAIN

    @property
    def ink(self) -> str:
        """Return black or white, whichever is read better on the colour."""
        red, green, blue = (int(self.safe_colour[at : at + 2], 16) for at in (1, 3, 5))
        return "#16201c" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"


@dataclass(frozen=True, slots=True)
class Area:
    """A municipality with accounts: its shape (GeoJSON as text), share, and what is told of it."""

    code: str
    name: str
    share: int
    lon: float | None
    lat: float | None
    geometry: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class MapContent:
    """All that a map shows, in the words of its reader."""

    locale: str
    words: dict[str, str]
    figures: Sequence[tuple[str, str]]
    classes: Sequence[str]
    land: Iterable[str]
    areas: Sequence[Area]
    layers: Sequence[StatusLayer]

    @property
    def account_count(self) -> int:
        """Return how many accounts are drawn."""
        return sum(len(layer.accounts) for layer in self.layers)


def render_map(content: MapContent) -> str:
    """Return the file."""
    # Japan, for a map without accounts.
    drawn = folium.Map(location=[37.5, 137.5], zoom_start=5, tiles=None, prefer_canvas=True,
                       attribution_control=False, max_zoom=18)  # fmt: skip
    # Leaflet stands in the file itself (see the template); nothing else of folium's usual load is used.
    drawn.default_js, drawn.default_css = [], []
    land = folium.GeoJson(
        _collection({"geometry": shape} for shape in content.land), control=False, style_function=_land_style
    ).add_to(drawn)
    areas = folium.GeoJson(
        _collection(
            {"geometry": area.geometry, "code": area.code, "class": class_of(area.share)}
            for area in content.areas
        ),
        name=escape(content.words["by_municipality"]),
        style_function=_area_style,
    ).add_to(drawn)
    groups = [
        # Leaflet's control takes names for HTML.
        folium.FeatureGroup(name=escape(f"{layer.name} ({len(layer.accounts):,})")).add_to(drawn)
        for layer in content.layers
    ]
    folium.LayerControl(collapsed=True).add_to(drawn)
    _Page(content, land=land, areas=areas, groups=groups).add_to(drawn)
    figure = drawn.get_root()
    assert isinstance(figure, Figure)  # noqa: S101 - a map that is added to nothing makes one
    figure.title = escape(content.words["title"])
    page = figure.render()
    return page.replace("<html>", f'<html lang="{content.locale}">', 1)


class _Page(MacroElement):
    """What folium does not know: our head, legend and script (templates/coverage_map.html)."""

    def __init__(self, content: MapContent, *, land: Any, areas: Any, groups: Sequence[Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca types it in part
        self._template = Template(_TEMPLATE.read_text("utf-8"))
        self._name = "Coverage"
        self.leaflet = leaflet()
        self.words = content.words
        self.figures = content.figures
        self.classes = [
            {"colour": colour, "text": text} for colour, text in zip(COLOURS, content.classes, strict=True)
        ]
        self.statuses = [
            {"name": one.name, "letter": one.letter, "colour": one.safe_colour, "ink": one.ink}
            for one in content.layers
        ]
        self.land, self.areas, self.groups = land, areas, groups
        said = ("never_visited", "last_visit", "overdue", "layers", "zoom_in", "zoom_out")
        self.script_words = _script(
            {"locale": content.locale, **{name: content.words[name] for name in said}}
        )
        self.places = _script({area.code: _told(area) for area in content.areas})
        self.layers = _script(
            [
                {**look, "accounts": one.accounts}
                for look, one in zip(self.statuses, content.layers, strict=True)
            ]
        )
        self.bounds = _bounds(content.layers)


def _told(area: Area) -> dict[str, Any]:
    at = None if area.lon is None or area.lat is None else [area.lat, area.lon]
    return {"name": area.name, "share": area.share, "lines": [*area.lines], "at": at}


def _script(value: Any) -> str:
    """Return JSON for a script: no tag and no comment can begin in it."""
    return dumps(value).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    made = []
    for number, one in enumerate(features):
        properties = {name: value for name, value in one.items() if name != "geometry"}
        made.append(
            {
                "type": "Feature",
                "id": str(number),
                "properties": properties,
                "geometry": loads(one["geometry"]),
            }
        )
    return {"type": "FeatureCollection", "features": made}


def _land_style(_feature: dict[str, Any]) -> dict[str, Any]:
    return {"fillColor": "#f0f2ec", "fillOpacity": 1, "color": "#a3ad9f", "weight": 1, "interactive": False}


def _area_style(feature: dict[str, Any]) -> dict[str, Any]:
    colour = COLOURS[feature["properties"]["class"]]
    return {"fillColor": colour, "fillOpacity": 0.72, "color": "#5d6a62", "weight": 0.8}


def _bounds(layers: Sequence[StatusLayer]) -> str | None:
    """Return [[south, west], [north, east]] of the accounts, the outermost hundredth left aside."""
    lons = sorted(account[0] for layer in layers for account in layer.accounts)
    lats = sorted(account[1] for layer in layers for account in layer.accounts)
    if not lons:
        return None
    aside = len(lons) // 100
    west, east = lons[aside] / 1e5, lons[-1 - aside] / 1e5
    south, north = lats[aside] / 1e5, lats[-1 - aside] / 1e5
    return dumps([[south, west], [north, east]])
