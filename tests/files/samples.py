"""Small files of every kind that tests send: made here, none copied."""

from __future__ import annotations

import io
import math
import struct
import wave

from PIL import Image

GPS = 0x8825


def picture(
    kind: str = "JPEG", *, width: int = 640, height: int = 480, colour: str = "teal", turned: bool = False
) -> bytes:
    """Return a picture; ``turned`` ones say in their EXIF that they lie on their side."""
    image = Image.new("RGB", (width, height), colour)
    kept = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    image.save(kept, kind, exif=exif)
    return kept.getvalue()


def photo_of_phone(*, width: int = 4032, height: int = 3024) -> bytes:
    """Return a photo as a phone's camera writes it: large, lying on its side, with the place it was taken."""
    image = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    image.paste("crimson", (0, 0, width // 2, height // 10))  # tells where the top is
    exif = Image.Exif()
    exif[0x0112] = 6
    place = exif.get_ifd(GPS)
    place.update({1: "N", 2: (35.0, 41.0, 22.2), 3: "E", 4: (139.0, 45.0, 30.1)})
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=90, exif=exif)
    return kept.getvalue()


def recording(seconds: float = 1.0) -> bytes:
    """Return a tone as WAV."""
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        count = int(seconds * 8000)
        tone = (int(9000 * math.sin(n / 8000 * 440 * math.tau)) for n in range(count))
        sound.writeframes(struct.pack(f"<{count}h", *tone))
    return kept.getvalue()


def webm() -> bytes:
    """Return the head of a recording as browsers write it."""
    head = "1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff"
    return bytes.fromhex(head) + b"\x00" * 200


def mp4(brand: bytes = b"iso5") -> bytes:
    """Return the head of a recording as iPhones write it."""
    return b"\x00\x00\x00\x1cftyp" + brand + b"\x00\x00\x02\x00iso5iso6mp41" + b"\x00" * 200


def ogg() -> bytes:
    """Return the head of an Opus stream."""
    return b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13OpusHead" + b"\x00" * 200


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + b" " * 200
PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 500
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
