from __future__ import annotations

from imr.lake.layout import LakeLayout, Partition, single_file


def test_parts_are_listed_in_order(lake: LakeLayout) -> None:
    places = [single_file("outcomes_by_year"), Partition("lineage", "date=2026-01-02", 0)]
    places += [Partition("lineage", "date=2026-01-02", 1), Partition("lineage", "date=2026-01-10", 0)]
    for place in reversed(places):
        lake.file(place).parent.mkdir(parents=True, exist_ok=True)
        lake.file(place).touch()
    assert lake.partitions("outcomes_by_year") == places[:1]
    assert lake.partitions("lineage") == places[1:]
    assert lake.partitions("documents") == []
