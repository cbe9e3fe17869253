"""Signatures, and watermarks on images."""

from __future__ import annotations

import io
import math
import random
import warnings
from functools import lru_cache

from qa_sandbox.files.photos import encoded

_LARGEST_PIXELS = 20_000_000


@lru_cache(maxsize=64)
def signature(name: str) -> bytes:
    from PIL import Image, ImageDraw

    rng = random.Random(name)
    image = Image.new("RGB", (360, 120), "white")
    points, x = [], 24.0
    while x < 320:
        swing = 26 * math.sin(x / rng.uniform(9, 15)) * rng.uniform(0.4, 1.0)
        points.append((x, 62 + swing - x / 24))
        x += rng.uniform(3, 8)
    draw = ImageDraw.Draw(image)
    draw.line(points, fill=(24, 40, 110), width=3, joint="curve")
    draw.line(((20, 96), (340, 96)), fill=(150, 150, 150), width=1)
    return encoded(image, "PNG")


def watermarked(data: bytes, text: str) -> bytes:
    """Write a text across an image; anything that is not a PNG or JPEG of sane size comes back as it is."""
    from PIL import Image, ImageDraw

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            if image.width * image.height > _LARGEST_PIXELS:
                return data
            form, marked = str(image.format), image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return data
    printable = text.encode("ascii", "replace").decode()
    ImageDraw.Draw(marked).text((8, 8), printable, fill=(255, 255, 255), stroke_width=1, stroke_fill=(90, 90, 90))
    return encoded(marked, form)
