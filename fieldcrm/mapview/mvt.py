"""Mapbox Vector Tile 2.1, written by hand: one layer of points. Pure; a tile is its layers joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Value = str | int
Feature = tuple[int, int, Mapping[str, Value]]
"""Column and row inside the tile (not beyond it), and the properties (numbers from 0 up)."""


def encode_layer(name: str, features: Iterable[Feature], *, extent: int) -> bytes:
    """Return the layer as it stands in a tile, or nothing when it has no features."""
    # Each key and value with its number as features write it: they are numbered as they come up.
    keys: dict[str, bytes] = {}
    values: dict[Value, bytes] = {}
    drawn = [_feature(feature, keys, values) for feature in features]
    if not drawn:
        return b""
    words = [_field(3, key.encode()) for key in keys]
    constants = [_constant(value) for value in values]
    head = [_number(15, 2), _field(1, name.encode())]
    return _field(3, b"".join([*head, *drawn, *words, *constants, _number(5, extent)]))


def _feature(feature: Feature, keys: dict[str, bytes], values: dict[Value, bytes]) -> bytes:
    column, row, properties = feature
    tags: list[bytes] = []
    for key, value in properties.items():
        key_no, value_no = keys.get(key), values.get(value)
        if key_no is None:
            key_no = keys[key] = _varint(len(keys))
        if value_no is None:
            value_no = values[value] = _varint(len(values))
        tags += key_no, value_no
    place = _field(4, _MOVE_TO_ONE_POINT + _varint(column << 1) + _varint(row << 1))
    return _field(2, _field(2, b"".join(tags)) + _POINT + place)


def _constant(value: Value) -> bytes:
    if isinstance(value, str):
        return _field(4, _field(1, value.encode()))
    return _SMALL[value] if value < _LOOKED_UP else _integer(value)


def _integer(value: int) -> bytes:
    return _field(4, _number(5, value))


def _field(number: int, content: bytes) -> bytes:
    return _SHORT[number << 3 | 2] + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    return _SHORT[value] if value < _LOOKED_UP else _long_varint(value)


def _long_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


# Nearly every number in a tile is below this: looked up rather than made anew.
_LOOKED_UP = 1 << 13
_SHORT = [_long_varint(value) for value in range(_LOOKED_UP)]
_SMALL = [_integer(value) for value in range(_LOOKED_UP)]
_MOVE_TO_ONE_POINT = _varint(1 << 3 | 1)
_POINT = _number(3, 1)
