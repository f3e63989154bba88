"""Which commune a pin lies in, by the outlines that are at hand (Đắk Lắk, simplified to about 130 m)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import shared.vietnam

_FILE = Path(shared.vietnam.__file__).parent / "data" / "dak_lak_2026.geojson"
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A commune's outer rings of (lon, lat) in degrees, and the box around them."""

    code: str
    rings: tuple[Ring, ...]
    box: tuple[float, float, float, float]

    def holds(self, lat: float, lon: float) -> bool:
        west, south, east, north = self.box
        return west <= lon <= east and south <= lat <= north and any(_inside(ring, lon, lat) for ring in self.rings)


def commune_of_pin(lat: float, lon: float, likely: str) -> str:
    """The code of the commune a pin lies in; `likely` is asked first, and is the answer where no outline holds it."""
    outlines = _outlines()
    if likely in outlines and outlines[likely].holds(lat, lon):
        return likely
    return next((code for code, outline in outlines.items() if outline.holds(lat, lon)), likely)


@lru_cache(maxsize=1)
def _outlines() -> dict[str, Outline]:
    features = json.loads(_FILE.read_text(encoding="utf-8"))["features"]
    communes = [feature for feature in features if feature["properties"]["kind"] != "province"]
    return {feature["properties"]["code"]: _outline(feature) for feature in communes}


def _outline(feature: dict) -> Outline:
    shape = feature["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    rings = tuple(tuple((x, y) for x, y in polygon[0]) for polygon in polygons)
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    return Outline(feature["properties"]["code"], rings, (min(xs), min(ys), max(xs), max(ys)))


def _inside(ring: Ring, lon: float, lat: float) -> bool:
    """Ray casting: a ray to the east crosses the ring an odd number of times."""
    hit = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            hit = not hit
    return hit
