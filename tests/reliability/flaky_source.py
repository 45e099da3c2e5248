"""A source that fails now and then, and files that never will do: `python -m tests.reliability.flaky_source`.

A web server gives letters; one in ten requests for a letter fails the first time (busy, or the body breaks off), and
one letter in a hundred is poison. `imr run` over it, as a user runs it: every letter that failed for a moment has to
be public, all poison in quarantine under its code, and every attempt in the lineage.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.upkeep.doctor import examine
from tests.reliability.runs import Environment, prefect_server, start
from tests.sources.web_server import Give, Server, serving

FAILING_ONCE = 0.1
POISON = 0.01
BUSY = Give(status=503, headers={"Retry-After": "0"})
POISONS = {
    "pdf_damaged": Give(b"%PDF-1.7 and nothing that follows from it", headers={"Content-Type": "application/pdf"}),
    "unknown_format": Give(b"A note about parking, and no letter.", headers={"Content-Type": "text/plain"}),
}


class Made(NamedTuple):
    """What the server holds: how many letters, those that fail once, and the code that each poison file ends under."""

    letters: int
    failing: frozenset[str]
    poison: Mapping[str, str]


def fill(server: Server, letters: int, seed: int) -> Made:
    """Put letters on the server, with a page that links to them all."""
    rng = random.Random(seed)
    failing, poison = set(), {}
    for number in range(letters):
        letter = compose(seed, number)
        name, body = f"/{letter.name}.txt", text_of(letter).encode()
        good = Give(body, headers={"Content-Type": "text/plain"})
        if rng.random() < POISON:
            poison[name] = rng.choice(sorted(POISONS))
            good = POISONS[poison[name]]._replace(body=POISONS[poison[name]].body + f" {number}".encode())
        if rng.random() < FAILING_ONCE:
            failing.add(name)
            server.pages[name] = [rng.choice([BUSY, good._replace(length=len(good.body) + 9)]), good]
        else:
            server.pages[name] = good
    links = "".join(f'<a href="{name}">{name}</a>' for name in server.pages)
    server.pages["/"] = Give(f"<html>{links}</html>".encode(), headers={"Content-Type": "text/html"})
    return Made(letters, frozenset(failing), poison)


def run(environment: Environment, server: Server, lake: Path) -> dict[str, Any]:
    """Run `imr run` over the server to its end; its summary."""
    options = ("--allow-private", "--rate", "100000", "--longest-wait", "1")
    process = start(environment, lake, [f"{server.address}/"], 500, *options)
    said, _ = process.communicate()
    return dict(json.loads(said))


def faults(made: Made, summary: Mapping[str, Any], lake: LakeLayout) -> list[str]:
    """Whatever is not as it has to be."""
    found = list(map(str, examine(lake).findings))
    events = read_table(lake, "lineage").to_pylist()
    retried = {
        "/" + e["source_uri"].rpartition("/")[2] for e in events if (e["step"], e["status"]) == ("fetch", "retried")
    }
    quarantined = {"/" + e["source_name"]: e["error_code"] for e in summary["quarantined"]}
    wanted = {
        "state": ("CompletedWithQuarantine" if made.poison else "Completed", summary["state"]),
        "published": (made.letters - len(made.poison), summary["files_published"]),
        "quarantine": (dict(made.poison), quarantined),
        "attempts": (set(made.failing), retried),
    }
    found += [f"{name}: {asked} asked, {seen} seen" for name, (asked, seen) in wanted.items() if asked != seen]
    last = {e["source_uri"]: e["attempt"] for e in events if e["step"] == "fetch" and e["status"] == "ok"}
    found += [
        f"{uri}: {attempt} attempts" for uri, attempt in last.items()
        if attempt != (2 if "/" + uri.rpartition("/")[2] in made.failing else 1)
    ]  # fmt: skip
    return found


def main() -> None:
    """Run once and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch, prefect_server(Path(scratch) / "prefect") as environment:
        with serving(Server()) as server:
            made = fill(server, chosen.letters, chosen.seed)
            began = time.perf_counter()
            summary = run(environment, server, Path(scratch) / "lake")
            seconds = time.perf_counter() - began
        wrong = faults(made, summary, LakeLayout(Path(scratch) / "lake"))
    kinds = ", ".join(f"{code} {count}" for code, count in sorted(Counter(made.poison.values()).items()))
    print(
        f"{made.letters} letters in {seconds:.0f} s: {len(made.failing)} failed once and "
        f"{summary['files_published']} are public; poison {len(made.poison)} ({kinds}), in quarantine "
        f"{summary['files_quarantined']}; state {summary['state']}; {len(wrong)} anomalies"
    )
    for line in wrong[:20]:
        print(line)
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
