"""The labels of the embedded basemap: which name is drawn from which zoom on, so that no tile is crowded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcrm.geocoding.basemap_shapes import Points, mercator
from fieldcrm.geocoding.english_names import EnglishNames
from fieldcrm.geocoding.gazetteer import KOAZA, STEM, TOWN, Gazetteer

PREFECTURE, CITY, MUNICIPALITY, QUARTER, TOWN_NAME = 1, 2, 3, 4, 5
LAST_ZOOM = 16

_WORLD_M = 2 * np.pi * 6_378_137.0
_TILE_PX = 512
_PREFIX = re.compile(r"^(?:大字|字)")
_CHOME = re.compile(r"[一二三四五六七八九十]+丁目?$")
_COUNTY = re.compile(r"^.{1,5}?郡(?=.+[町村]$)")
_WARD = re.compile(r"^(.+?市)(.+区)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A label and the zooms between which it is drawn; the lower the rank, the more it matters."""

    level: int
    text: str
    text_en: str | None
    municipality: str | None
    prefecture: str
    x: float
    y: float
    min_zoom: int
    max_zoom: int
    rank: int


@dataclass(frozen=True, slots=True)
class _Layer:
    """Labels of one kind before their zooms are known."""

    level: int
    texts: list[str]
    texts_en: list[str | None]
    homes: list[int]
    points: Points
    importance: NDArray[np.float64]
    first: int
    last: int
    max_zoom: int
    spacing_px: int


def names(gazetteer: Gazetteer) -> Iterator[Name]:
    """Yield every label of the country."""
    for layer in (*_regions(gazetteer), *_towns(gazetteer)):
        zooms = first_zooms(layer)
        order = np.argsort(-layer.importance, kind="stable")
        rank = np.empty(len(order), dtype=int)
        rank[order] = np.arange(len(order))
        for index, text in enumerate(layer.texts):
            home = gazetteer.municipalities[layer.homes[index]]
            x, y = layer.points[index]
            municipality = None if layer.level <= CITY else home.name
            yield Name(
                layer.level,
                text,
                layer.texts_en[index],
                municipality,
                home.prefecture,
                float(x),
                float(y),
                int(zooms[index]),
                layer.max_zoom,
                int(rank[index]),
            )


def first_zooms(layer: _Layer) -> NDArray[np.int_]:
    """Return the zoom from which each label is drawn: in every square, the most important first."""
    count = len(layer.texts)
    zooms = np.full(count, layer.last)
    chosen = np.zeros(count, dtype=bool)
    for zoom in range(layer.first, layer.last):
        square_m = _WORLD_M / 2**zoom / _TILE_PX * layer.spacing_px
        column, row = np.floor(layer.points / square_m).astype(np.int64).T
        square = column * (1 << 32) + row
        free = ~chosen & ~np.isin(square, square[chosen])
        candidates = np.flatnonzero(free)
        order = candidates[np.lexsort((-layer.importance[candidates], square[candidates]))]
        _, winners = np.unique(square[order], return_index=True)
        picked = order[winners]
        chosen[picked] = True
        zooms[picked] = zoom
    return zooms


def _regions(gazetteer: Gazetteer) -> Iterator[_Layer]:
    placed = [home for home in gazetteer.municipalities if home.lon is not None]
    groups: dict[tuple[int, str, str], list[int]] = {}
    called = EnglishNames(gazetteer.municipalities)
    english = {PREFECTURE: called.prefecture, CITY: called.city, MUNICIPALITY: called.municipality}
    for home in placed:
        ward = _WARD.match(home.name)
        groups.setdefault((PREFECTURE, home.prefecture, home.prefecture), []).append(home.id)
        if ward:
            groups.setdefault((CITY, home.prefecture, ward[1]), []).append(home.id)
        name = ward[2] if ward else _COUNTY.sub("", home.name)
        groups.setdefault((MUNICIPALITY, home.name, name), []).append(home.id)
    for level, first, last, max_zoom, spacing in (
        (PREFECTURE, 4, 6, 8, 44),
        (CITY, 6, 8, 11, 70),
        (MUNICIPALITY, 7, 10, 13, 70),
    ):
        mine = {key: ids for key, ids in groups.items() if key[0] == level}
        members = [[gazetteer.municipalities[number] for number in ids] for ids in mine.values()]
        lons = np.array([np.median([home.lon for home in group]) for group in members], dtype=float)
        lats = np.array([np.median([home.lat for home in group]) for group in members], dtype=float)
        sizes = np.array([sum(home.end_town - home.first_town for home in group) for group in members], float)
        texts = [key[2] for key in mine]
        texts_en = [english[level](group[0]) for group in members]
        homes = [group[0].id for group in members]
        yield _Layer(
            level, texts, texts_en, homes, mercator(lons, lats), sizes, first, last, max_zoom, spacing
        )


def _towns(gazetteer: Gazetteer) -> Iterator[_Layer]:
    lon, lat, home, kind = (np.asarray(column) for column in gazetteer.arrays())
    points = mercator(lon / 1e6, lat / 1e6)
    texts, quarters, families = _town_texts(gazetteer, kind)
    is_quarter = np.array(quarters)
    importance = np.array(families, dtype=float)
    # A quarter named by its parts ("西新宿" over 西新宿一丁目 ...) gives way to them.
    for rows, level, first, last, max_zoom, spacing in (
        (np.flatnonzero(is_quarter & (kind == STEM)), QUARTER, 11, 13, 14, 72),
        (np.flatnonzero(is_quarter & (kind != STEM)), QUARTER, 11, 15, 24, 80),
        (np.flatnonzero(~is_quarter), TOWN_NAME, 14, 16, 24, 80),
    ):
        yield _Layer(
            level,
            [texts[row] for row in rows],
            [None] * len(rows),
            home[rows].tolist(),
            points[rows],
            importance[rows],
            first,
            last,
            max_zoom,
            spacing,
        )


def _town_texts(gazetteer: Gazetteer, kind: NDArray[np.uint8]) -> tuple[list[str], list[bool], list[int]]:
    """Return label, whether it is a quarter (not a part of one), and how many parts it has, row by row."""
    texts: list[str] = []
    quarters: list[bool] = []
    sizes: list[int] = []
    for home in gazetteer.municipalities:
        rows = range(home.first_town, home.end_town)
        written = [gazetteer.town_name(row) for row in rows]
        larger = {name: 0 for name, row in zip(written, rows, strict=True) if kind[row] != KOAZA}
        for name, row in zip(written, rows, strict=True):
            whole = _larger_area(name, larger) if kind[row] == KOAZA else _CHOME.sub("", name)
            if whole in larger:
                larger[whole] += 1
            is_part = kind[row] == KOAZA or (kind[row] == TOWN and whole != name and whole in larger)
            label = name[len(whole) :] if kind[row] == KOAZA else name
            texts.append(_PREFIX.sub("", label) or label)
            quarters.append(not is_part)
            sizes.append(row)
        for row in rows:
            sizes[row] = larger.get(written[row - home.first_town], 0)
    return texts, quarters, sizes


def _larger_area(name: str, known: dict[str, int]) -> str:
    for length in range(len(name) - 1, 0, -1):
        if name[:length] in known:
            return name[:length]
    return ""
