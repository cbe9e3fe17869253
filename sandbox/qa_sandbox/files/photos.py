"""Drawn stand-ins for site photos: a scene, a marked spot and the stamp a camera app adds."""

from __future__ import annotations

import io
import random
from functools import lru_cache
from typing import Any

WIDTH, HEIGHT = 640, 420


@lru_cache(maxsize=64)
def photo(scene: int, caption: str, failed: bool) -> bytes:
    from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

    rng = random.Random(scene)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    spot = rng.choice((_corridor, _shelves, _scaffold))(draw, rng)
    image = ImageEnhance.Brightness(image).enhance(rng.uniform(0.82, 1.08))
    image = image.filter(ImageFilter.GaussianBlur(1.1))
    draw = ImageDraw.Draw(image)
    x, y, radius = spot
    colour = (214, 40, 57) if failed else (42, 157, 100)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=6)
    draw.rectangle((0, HEIGHT - 34, WIDTH, HEIGHT), fill=(20, 22, 25))
    draw.text((12, HEIGHT - 26), caption, fill=(240, 240, 240), font_size=16)
    return encoded(image, "JPEG", quality=82)


def encoded(image: Any, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _gradient(draw: Any, top: int, bottom: int, start: tuple[int, int, int], end: tuple[int, int, int]) -> None:
    for y in range(top, bottom):
        share = (y - top) / max(1, bottom - top)
        draw.line((0, y, WIDTH, y), fill=tuple(int(a + (b - a) * share) for a, b in zip(start, end, strict=True)))


def _corridor(draw: Any, rng: random.Random) -> tuple[int, int, int]:
    _gradient(draw, 0, 250, (206, 211, 214), (176, 182, 186))
    _gradient(draw, 250, HEIGHT, (120, 112, 104), (86, 80, 76))
    draw.polygon(((250, 90), (390, 90), (390, 250), (250, 250)), fill=(150, 158, 164))
    draw.rectangle((285, 120, 355, 250), fill=rng.choice(((96, 70, 48), (64, 84, 104), (120, 124, 122))))
    draw.rectangle((292, 100, 348, 114), fill=(28, 130, 70))
    for x0, x1 in ((0, 250), (WIDTH, 390)):
        draw.line((x0, 20, x1, 92), fill=(130, 136, 140), width=3)
        draw.line((x0, HEIGHT - 10, x1, 250), fill=(70, 66, 62), width=4)
    x = rng.choice((rng.randint(60, 180), rng.randint(430, 540)))
    draw.rounded_rectangle((x, 200, x + 44, 300), 14, fill=(196, 30, 36))
    draw.rectangle((x + 14, 182, x + 30, 204), fill=(40, 40, 42))
    draw.rectangle((x + 6, 232, x + 38, 262), fill=(238, 236, 228))
    return x + 22, 245, 78


def _shelves(draw: Any, rng: random.Random) -> tuple[int, int, int]:
    _gradient(draw, 0, 330, (226, 222, 212), (198, 192, 180))
    _gradient(draw, 330, HEIGHT, (146, 142, 136), (110, 106, 100))
    tones = ((178, 138, 92), (196, 158, 110), (160, 120, 78), (110, 132, 150))
    for shelf in (110, 210, 310):
        draw.rectangle((40, shelf, WIDTH - 40, shelf + 9), fill=(54, 84, 134))
        x = 56
        while x < WIDTH - 130:
            width, height = rng.randint(48, 92), rng.randint(40, 78)
            draw.rectangle((x, shelf - height, x + width, shelf), fill=rng.choice(tones), outline=(96, 74, 50))
            draw.line((x + width // 2, shelf - height, x + width // 2, shelf), fill=(222, 206, 170), width=5)
            x += width + rng.randint(4, 22)
    for post in (40, WIDTH // 2, WIDTH - 48):
        draw.rectangle((post, 30, post + 9, 350), fill=(232, 116, 34))
    return rng.randint(140, 480), rng.choice((80, 180, 280)), 70


def _scaffold(draw: Any, rng: random.Random) -> tuple[int, int, int]:
    _gradient(draw, 0, HEIGHT, (152, 190, 222), (224, 232, 236))
    draw.rectangle((70, 70, 460, HEIGHT), fill=(186, 176, 162))
    for row in range(3):
        for column in range(4):
            x, y = 100 + column * 90, 100 + row * 100
            draw.rectangle((x, y, x + 50, y + 62), fill=(92, 112, 130), outline=(226, 222, 214), width=4)
    for x in range(50, 520, 78):
        draw.line((x, 40, x, HEIGHT), fill=(98, 102, 108), width=6)
    for y in (82, 182, 282, 372):
        draw.rectangle((40, y, 520, y + 9), fill=(168, 122, 66))
        draw.line((40, y - 34, 520, y - 34), fill=(98, 102, 108), width=4)
    draw.line((50, 372, 206, 182), fill=(120, 124, 128), width=4)
    return rng.randint(120, 440), rng.choice((120, 215, 315)), 66
