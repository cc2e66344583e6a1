"""Mapbox Vector Tile 2.1, written by hand: one layer of points. Pure; a tile is its layers joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Value = str | int
Feature = tuple[int, int, Mapping[str, Value]]
"""Column and row inside the tile, and the properties."""

_MOVE_TO_ONE_POINT = 1 << 3 | 1


def encode_layer(name: str, features: Iterable[Feature], *, extent: int) -> bytes:
    """Return the layer as it stands in a tile, or nothing when it has no features."""
    keys: dict[str, int] = {}
    values: dict[Value, int] = {}
    body = bytearray()
    for column, row, properties in features:
        body += _field(2, _feature(column, row, tags=_tags(properties, keys, values)))
    if not body:
        return b""
    head = _field(1, name.encode())
    words = b"".join(_field(3, key.encode()) for key in keys)
    constants = b"".join(_field(4, _value(value)) for value in values)
    version = _number(15, 2)
    return _field(3, version + head + bytes(body) + words + constants + _number(5, extent))


def _tags(properties: Mapping[str, Value], keys: dict[str, int], values: dict[Value, int]) -> list[int]:
    tags: list[int] = []
    for key, value in properties.items():
        tags.append(keys.setdefault(key, len(keys)))
        tags.append(values.setdefault(value, len(values)))
    return tags


def _feature(column: int, row: int, *, tags: list[int]) -> bytes:
    geometry = _varint(_MOVE_TO_ONE_POINT) + _varint(_zigzag(column)) + _varint(_zigzag(row))
    return _field(2, b"".join(map(_varint, tags))) + _number(3, 1) + _field(4, geometry)


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _field(1, value.encode())
    return _number(6, _zigzag(value)) if value < 0 else _number(5, value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
