from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from imr.workers.progress import heard_progress, listening

Heard = list[tuple[str, int, int]]


def test_a_run_is_heard_by_all_who_listened_when_it_began() -> None:
    outer, inner = Heard(), Heard()
    with listening(lambda *said: outer.append(said)):
        with listening(lambda *said: inner.append(said)):
            both = heard_progress()
        one = heard_progress()
    both.expect("extract", 3)
    one.advance("fetch", 2)
    heard_progress().advance("fetch", 1)  # nobody listens
    assert outer == [("extract", 0, 3), ("fetch", 2, 0)]
    assert inner == [("extract", 0, 3)]


def test_a_thread_reports_to_its_run_and_not_to_who_listens_elsewhere() -> None:
    mine, others = Heard(), Heard()
    with listening(lambda *said: mine.append(said)):
        progress = heard_progress()
    with listening(lambda *said: others.append(said)), ThreadPoolExecutor(1) as threads:
        threads.submit(progress.advance, "fetch", 1).result()
    assert (mine, others) == ([("fetch", 1, 0)], [])
