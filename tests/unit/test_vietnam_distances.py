"""Distances against figures computed on the ellipsoid, and the check that a pin can be meant."""

import random
from math import asin, cos, dist, radians, sin

import pytest

from shared.vietnam.communes import communes, is_near_a_commune
from shared.vietnam.distances import Points, metres_between

BUON_MA_THUOT = (12.6667, 108.05)


@pytest.mark.parametrize(
    ("one", "other", "on_the_ellipsoid"),
    [
        # one degree of latitude and of longitude on WGS 84, at the equator and at 12° north
        ((0.0, 108.0), (1.0, 108.0), 110_574.4),
        ((0.0, 108.0), (0.0, 109.0), 111_319.5),
        ((12.0, 108.0), (13.0, 108.0), 110_626.1),
        ((12.0, 108.0), (12.0, 109.0), 108_907.8),
    ],
)
def test_a_sphere_is_near_enough_to_the_ellipsoid(
    one: tuple[float, float], other: tuple[float, float], on_the_ellipsoid: float
):
    assert metres_between(*one, *other) == pytest.approx(on_the_ellipsoid, rel=0.006)
    assert metres_between(*other, *one) == metres_between(*one, *other)


def test_metres_are_those_of_the_great_circle():
    """Against the angle between two vectors, by another road than the haversine."""
    rng = random.Random(5)
    for _ in range(200):
        one, other = [(rng.uniform(8, 23.5), rng.uniform(102, 117)) for _ in range(2)]
        angle = 2 * asin(dist(on_the_sphere(*one), on_the_sphere(*other)) / 2)
        assert metres_between(*one, *other) == pytest.approx(6_371_008.8 * angle, rel=1e-9)


def on_the_sphere(lat: float, lon: float) -> tuple[float, float, float]:
    north, east = radians(lat), radians(lon)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)


def test_a_point_is_nowhere_but_where_it_is():
    assert metres_between(*BUON_MA_THUOT, *BUON_MA_THUOT) == 0
    assert metres_between(0, 0, 0, 180) == pytest.approx(20_015_115, rel=1e-6)


def test_any_point_near_is_found_as_by_looking_at_each():
    rng = random.Random(7)
    cloud = [(rng.uniform(8, 23), rng.uniform(102, 110)) for _ in range(300)]
    points = Points(cloud)
    for _ in range(300):
        lat, lon = rng.uniform(5, 26), rng.uniform(100, 118)
        metres = rng.uniform(1_000, 120_000)
        by_hand = any(metres_between(lat, lon, *point) <= metres for point in cloud)
        assert points.any_within(lat, lon, metres) == by_hand


@pytest.mark.parametrize(
    ("lat", "lon", "can_be_meant"),
    [
        (*BUON_MA_THUOT, True),
        (12.7, 107.3, True),  # just over the border, within 50 km of Buôn Đôn
        (11.55, 104.92, False),  # Phnom Penh
        (0.0, 0.0, False),
        (108.05, 12.6667, False),  # the two mixed up
        (91.0, 108.0, False),
        (12.6, 1e9, False),
        (float("nan"), 108.0, False),
        (12.6, float("inf"), False),
    ],
)
def test_a_pin_farther_than_50_km_from_every_commune_cannot_be_meant(lat: float, lon: float, can_be_meant: bool):
    assert is_near_a_commune(lat, lon) is can_be_meant


def test_every_commune_is_near_itself():
    assert all(is_near_a_commune(commune.lat, commune.lon) for commune in communes("66"))
