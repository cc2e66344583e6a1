"""An organisation's own map file (PMTiles 3), as small as one can be, and the app with the file beside it.

Format: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import mapbox_vector_tile
from flask import Flask, Response, send_file

import fieldcrm

ADDRESS = "/maps/own.pmtiles"
GREEN = (0xD8, 0xE6, 0xCA)
"""How the light map draws a park; where it has nothing to draw, it is of another colour."""
LAST_ZOOM = 15
EXTENT = 4096
NOT_COMPRESSED, VECTOR = 1, 1
HEADER_BYTES = 127


def create_app() -> Flask:
    """Return the app; at its own address, as a web server before it would, the file that OWN_MAP names."""
    app = fieldcrm.create_app()

    @app.get(ADDRESS)
    def own_map() -> Response:
        return send_file(os.environ["OWN_MAP"], mimetype="application/octet-stream", conditional=True)

    return app


def write_park(path: Path) -> None:
    """Write a map of the whole world that is nothing but park: one tile, named for all."""
    corners = ((0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT), (0, 0))
    ring = ", ".join(f"{x} {y}" for x, y in corners)
    feature = {"geometry": f"POLYGON(({ring}))", "properties": {}}
    tile = mapbox_vector_tile.encode({"name": "park", "features": [feature]})
    count = (4 ** (LAST_ZOOM + 1) - 1) // 3
    # One entry: the tiles from number 0 on, so many, of that length, from the beginning of the data.
    directory = b"".join(map(_varint, (1, 0, count, len(tile), 1)))
    notes = json.dumps({"vector_layers": [{"id": "park", "fields": {}}]}).encode()
    path.write_bytes(_header(len(directory), len(notes), len(tile), count) + directory + notes + tile)


def _header(directory: int, notes: int, tile: int, count: int) -> bytes:
    notes_at = HEADER_BYTES + directory
    tiles_at = notes_at + notes
    places = (HEADER_BYTES, directory, notes_at, notes, tiles_at, 0, tiles_at, tile, count, 1, 1)
    kinds = (1, NOT_COMPRESSED, NOT_COMPRESSED, VECTOR, 0, LAST_ZOOM)
    west, south, east, north = -180, -85, 180, 85
    bounds = [degrees * 10_000_000 for degrees in (west, south, east, north)]
    return b"PMTiles" + struct.pack("<B11Q6B4iB2i", 3, *places, *kinds, *bounds, 0, 0, 0)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
