"""The real communes, their names from before July 2025, and finding them by what people type."""

import csv
from datetime import date

import pytest

from shared.vietnam.communes import DATA, Commune, communes, provinces
from shared.vietnam.former_names import former_names
from shared.vietnam.place_search import PlaceSearch

DAK_LAK = communes("66")
SEARCH = PlaceSearch(DAK_LAK)


def found(query: str, limit: int = 10) -> list[str]:
    return [hit.place.full_name for hit in SEARCH.search(query, limit)]


def commune(code: str) -> Commune:
    return next(commune for commune in communes() if commune.code == code)


class TestUnits:
    def test_the_country_has_34_provinces_and_3321_communes(self):
        assert len(provinces()) == 34
        assert len(communes()) == len({commune.key for commune in communes()}) == 3321
        assert {commune.province_code for commune in communes()} == {province.code for province in provinces()}

    def test_dak_lak_has_102(self):
        assert len(DAK_LAK) == 102
        assert next(province for province in provinces() if province.code == "66").name == "Đắk Lắk"

    def test_a_commune_knows_its_type_place_and_age(self):
        tan_lap = commune("24121")

        assert (tan_lap.name, tan_lap.full_name, tan_lap.kind) == ("Tân Lập", "Phường Tân Lập", "Phường")
        assert (tan_lap.province_code, tan_lap.valid_from) == ("66", date(2025, 7, 1))
        assert tan_lap.key == "24121@2025-07-01"
        assert 12 < tan_lap.lat < 13.5 and 107 < tan_lap.lon < 109.5
        assert tan_lap.area_km2 and tan_lap.area_km2 > 0

    def test_former_communes_of_dak_lak_come_with_their_district(self):
        assert commune("24121").former_names == (
            "Phường Tân Lập (thành phố Buôn Ma Thuột)",
            "Phường Tân Hòa (thành phố Buôn Ma Thuột)",
            "Xã Hòa Thắng (thành phố Buôn Ma Thuột)",
        )

    def test_each_of_the_180_former_communes_is_found_under_its_old_name(self):
        with (DATA / "dak_lak_communes_2022.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) == 180
        for row in rows:
            hits = SEARCH.search(f"{row['commune']} {row['district']}", 3)
            assert row["commune_2026_code"] in {hit.place.code for hit in hits}, row


class TestFormerNames:
    @pytest.mark.parametrize(
        ("sentence", "names"),
        [
            ("giữ nguyên", ()),
            ("Krông Na", ("Xã Krông Na",)),
            ("Thị trấn Ea Súp, Xã Cư M’Lan, Xã Ea Lê", ("Thị trấn Ea Súp", "Xã Cư M'Lan", "Xã Ea Lê")),
            ("Phường 12, Phường 14 (quận Bình Thạnh)", ("Phường 12", "Phường 14 (quận Bình Thạnh)")),
            ("Phường Đống Đa, Lê Lợi và Nguyễn Trãi", ("Phường Đống Đa", "Phường Lê Lợi", "Phường Nguyễn Trãi")),
            (
                "Xã Hòa An (huyện Phú Hòa) (phần còn lại sau khi sáp nhập vào xã Phú Hòa 1), Xã Hòa Trị (phần còn lại)",
                ("Xã Hòa An (huyện Phú Hòa)", "Xã Hòa Trị"),
            ),
            (
                "Phường A, một phần diện tích TN, quy mô dân số của các phường Cửa Nam, Điện Biên, phần còn lại của "
                "phường Cửa Đông sau khi sắp xếp",
                ("Phường A", "Phường Cửa Nam", "Phường Điện Biên", "Phường Cửa Đông"),
            ),
            ("Xã Hạ Bằng, Xã Tân Xã, Trường bắn TB1", ("Xã Hạ Bằng", "Xã Tân Xã")),
            ("Xã Cao Sơn (huyện Lương Sơn sau khi sắp xếp tại khoản 116)", ("Xã Cao Sơn (huyện Lương Sơn)",)),
        ],
    )
    def test_a_decree_s_sentence_is_read_as_a_list_of_names(self, sentence: str, names: tuple[str, ...]):
        assert former_names(sentence) == names

    def test_every_sentence_of_the_country_gives_names_unless_nothing_changed(self):
        for one in communes():
            for name in one.former_names:
                assert name.split()[0] in ("Xã", "Phường", "Thị", "Huyện", "Thôn", "Xóm", "Đặc"), (one, name)
                assert name.count("(") == name.count(")") <= 1
                assert "còn lại" not in name and "sau khi" not in name and "diện tích" not in name, name
        unchanged = sum(not one.former_names for one in communes())
        assert unchanged < 125


class TestSearch:
    @pytest.mark.parametrize("query", ["Ea Kao", "ea kao", "EAKAO", "phường ea kao", "P. Ea Kao", " p ea  kao "])
    def test_a_commune_is_found_however_it_is_typed(self, query: str):
        assert found(query)[0] == "Phường Ea Kao"

    @pytest.mark.parametrize("query", ["Ea H'Leo", "ea h’leo", "ea hleo", "eahleo", "ea h leo"])
    def test_an_ede_name_is_found_with_and_without_its_apostrophe(self, query: str):
        assert found(query)[0] == "Xã Ea H'Leo"

    def test_an_old_name_finds_today_s_commune_and_says_which_was_meant(self):
        [hit] = SEARCH.search("thi tran phuoc an")

        assert (hit.place.full_name, hit.former) == ("Xã Krông Pắc", "Thị trấn Phước An (huyện Krông Pắc)")

    def test_an_old_name_that_several_places_had_is_told_apart_by_its_district(self):
        assert set(found("hòa thắng")) == {"Phường Tân Lập", "Xã Phú Hoà 1"}
        assert found("Hòa Thắng, Buôn Ma Thuột") == ["Phường Tân Lập"]
        assert found("xã Hòa Thắng, TP. Buôn Ma Thuột") == ["Phường Tân Lập"]
        assert found("xa hoa thang huyen phu hoa") == ["Xã Phú Hoà 1"]

    def test_today_s_name_stands_before_a_former_one(self):
        hits = SEARCH.search("tan lap")

        assert [(hit.place.full_name, hit.former) for hit in hits] == [
            ("Phường Tân Lập", None),
            ("Xã Pơng Drang", "Xã Tân Lập (huyện Krông Búk)"),
        ]

    def test_whole_names_then_beginnings_then_words_inside(self):
        assert found("ea na")[0] == "Xã Ea Na"
        assert found("krông na")[:2] == ["Xã Buôn Đôn", "Xã Krông Năng"]
        assert found("drăng")[0] == "Xã Ea Drăng"

    def test_the_type_that_was_typed_comes_first(self):
        assert found("xã phú")[0].startswith("Xã Phú")
        assert found("phường phú")[0] == "Phường Phú Yên"

    def test_a_ward_is_found_by_its_number(self):
        assert "Phường Tuy Hoà" in found("phường 5")
        assert "Phường Tuy Hoà" in found("p5")

    def test_nothing_typed_lists_all_in_the_alphabet_s_order(self):
        assert found("", 3) == found("Xã", 3) == ["Phường Bình Kiến", "Xã Buôn Đôn", "Phường Buôn Hồ"]
        assert len(found("", 200)) == 102

    def test_what_is_nowhere_finds_nothing(self):
        assert found("zzz") == []
        assert found("%_") == found("")

    def test_never_more_than_asked_and_none_twice(self):
        hits = found("ea", 7)

        assert len(hits) == len(set(hits)) == 7

    def test_every_commune_of_the_country_is_found_by_its_own_name(self):
        search = PlaceSearch(communes())
        for one in communes()[::7]:
            hits = search.search(one.full_name, 40)
            assert one in [hit.place for hit in hits], one.full_name
            assert hits[0].former is None
