"""The real ground on which the sample stands: rows of places, outlines of communes, a point within them."""

import csv
import json
import math
from random import Random

from shared.vietnam.communes import DATA

Row = dict[str, str]
Ring = list[tuple[float, float]]
_KM_OF_A_DEGREE = 111.2


def rows(file: str) -> list[Row]:
    """A file of places as it is, every value a string."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def outlines() -> dict[str, list[Ring]]:
    """Commune code → outer rings of (lon, lat) degrees; Đắk Lắk only."""
    found: dict[str, list[Ring]] = {}
    for feature in json.loads((DATA / "dak_lak_2026.geojson").read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        found[feature["properties"]["code"]] = [polygon[0] for polygon in polygons]
    return found


def somewhere_in(commune: Row, rings: list[Ring] | None, rng: Random) -> tuple[float, float]:
    """A point (lat, lon) in the commune's outline, or, where none is at hand, in a disc of its area."""
    if rings:
        ring = max(rings, key=len)
        lons, lats = [point[0] for point in ring], [point[1] for point in ring]
        for _ in range(500):
            lon, lat = rng.uniform(min(lons), max(lons)), rng.uniform(min(lats), max(lats))
            if _is_inside(ring, lon, lat):
                return round(lat, 5), round(lon, 5)
    lat, lon = float(commune["lat"]), float(commune["lon"])
    radius = math.sqrt(float(commune["area_km2"] or 10) / math.pi) * math.sqrt(rng.random()) * 0.9
    angle = rng.uniform(0, 2 * math.pi)
    return (
        round(lat + radius * math.sin(angle) / _KM_OF_A_DEGREE, 5),
        round(lon + radius * math.cos(angle) / (_KM_OF_A_DEGREE * math.cos(math.radians(lat))), 5),
    )


def _is_inside(ring: Ring, lon: float, lat: float) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    hit = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            hit = not hit
    return hit
