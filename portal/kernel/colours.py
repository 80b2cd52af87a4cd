"""Colours for those who know no OKLCH: mail programs."""

from functools import cache
from math import cos, radians, sin

# OKLab to linear sRGB: https://bottosson.github.io/posts/oklab/
_TO_LMS = ((1, 0.3963377774, 0.2158037573), (1, -0.1055613458, -0.0638541728), (1, -0.0894841775, -1.2914855480))
_TO_RGB = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


@cache
def rgb(lightness: float, chroma: float, hue: int) -> str:
    """oklch(`lightness` `chroma` `hue`) as #rrggbb; what sRGB cannot show is cut off at its edge."""
    lab = (lightness, chroma * cos(radians(hue)), chroma * sin(radians(hue)))
    lms = [_times(row, lab) ** 3 for row in _TO_LMS]
    return "#" + "".join(f"{_byte(_times(row, lms)):02x}" for row in _TO_RGB)


def _times(row: tuple[float, ...], values: tuple[float, ...] | list[float]) -> float:
    return sum(a * b for a, b in zip(row, values, strict=True))


def _byte(linear: float) -> int:
    """The transfer function of sRGB (IEC 61966-2-1)."""
    value = min(max(linear, 0.0), 1.0)
    value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(255 * value)
