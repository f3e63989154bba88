"""Distances on the great circle, in metres, and the nearest of many points without looking at each.

The Earth is a sphere of its mean radius (IUGG: 6,371,008.8 m). Against the ellipsoid (WGS 84) that is, in Vietnam, at
most 0.55 % too far due north and south, 0.2 % too near due east and west.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import asin, ceil, cos, degrees, floor, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
_CELL_DEGREES = 0.25


def metres_between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The haversine distance of two points in degrees (R. W. Sinnott, "Virtues of the Haversine", 1984)."""
    north, east = radians(lat2 - lat1) / 2, radians(lon2 - lon1) / 2
    half_chord = sin(north) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(east) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half_chord)))


class Points:
    """Many points, in cells of a quarter of a degree, asked whether any is near. Not for the poles or the date line."""

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        self._cells: defaultdict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for lat, lon in points:
            self._cells[_cell(lat, lon)].append((lat, lon))

    def any_within(self, lat: float, lon: float, metres: float) -> bool:
        """Whether one of the points (degrees) lies at most so many metres away. No place on Earth is near none."""
        if not (-89 < lat < 89 and -180 <= lon <= 180):
            return False
        north = degrees(metres / EARTH_RADIUS_M)
        east = degrees(asin(min(1.0, sin(metres / EARTH_RADIUS_M) / cos(radians(lat)))))
        row, column = _cell(lat, lon)
        rows, columns = ceil(north / _CELL_DEGREES), ceil(east / _CELL_DEGREES)
        # from the middle outwards, so that a point in the country is answered by its own cell
        for down in _outwards(rows):
            for across in _outwards(columns):
                for point in self._cells.get((row + down, column + across), ()):
                    if metres_between(lat, lon, *point) <= metres:
                        return True
        return False


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return floor(lat / _CELL_DEGREES), floor(lon / _CELL_DEGREES)


def _outwards(steps: int) -> list[int]:
    """0, -1, 1, -2, 2 …"""
    return sorted(range(-steps, steps + 1), key=abs)
