"""Draws which room of the code imports which, floor by floor, from the code itself.

    python -m docs.make_layers

writes docs/pictures/layers.svg. The floors are those of the contracts in pyproject.toml that import-linter enforces;
the arrows are the imports that grimp finds. An arrow that others imply is left out, so that the picture can be read.
Exit code 1 when an import points upwards.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import grimp

ROOT = Path(__file__).parent.parent
PICTURE = Path(__file__).parent / "pictures" / "layers.svg"
PACKAGES = ("commands", "flows", "tasks", "imr")

Imports = Mapping[str, frozenset[str]]
"""For each room, the rooms that it imports."""


class Box(NamedTuple):
    """Where a room stands in the picture: the middle of its box, in pixels."""

    x: float
    y: float


_WIDTH, _ROW, _BAND_GAP, _MARGIN = 980, 68, 8, 12
_BOX_WIDTH, _BOX_HEIGHT = 116, 32
_SHIFTS = (-70, 70, -70, 170, -30, 110, -90, 30)
_STYLE = """
  text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #1d2733 }
  text { text-anchor: middle; dominant-baseline: central }
  .band { fill: #eef2f7 } .room { fill: #fff; stroke: #8497ad } .floor { fill: #62748a; font-size: 11px }
  .arrow { fill: none; stroke: #4a6fa5; stroke-width: 1.2; opacity: .75; marker-end: url(#head) }
  .up { stroke: #c62828; stroke-width: 2.5 }
"""


def floors() -> list[list[str]]:
    """The rooms of each floor, from the top down, as the layers contracts of pyproject.toml have them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [contract for contract in contracts["contracts"] if contract["type"] == "layers"]
    packages = next(each["layers"] for each in layers if "containers" not in each)
    rooms = next(each["layers"] for each in layers if each.get("containers") == ["imr"])
    return [_names(layer) for layer in [*packages, *rooms] if layer != "imr"]


def room_of(module: str) -> str | None:
    """The room that a module lives in; None for the front door `imr` itself."""
    package, _, rest = module.partition(".")
    return package if package != "imr" else rest.partition(".")[0] or None


def imports() -> Imports:
    """Which room imports which."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules:
        if room := room_of(module):
            targets = {room_of(target) for target in graph.find_modules_directly_imported_by(module)}
            found.setdefault(room, set()).update(name for name in targets if name and name != room)
    return {room: frozenset(targets) for room, targets in found.items()}


def reduced(graph: Imports) -> list[tuple[str, str]]:
    """The imports that no chain of others implies."""
    return sorted(
        (room, target)
        for room, targets in graph.items()
        for target in targets
        if not any(target in _reached(graph, other) for other in targets - {target})
    )


def rows(layers: Iterable[Iterable[str]], graph: Imports) -> list[list[list[str]]]:
    """Each floor as the rows in which its rooms stand: one below the other where one imports the other."""
    return [_rows_of_floor(frozenset(layer), graph) for layer in layers]


def svg(placed: list[list[list[str]]], arrows: Iterable[tuple[str, str]]) -> str:
    """The picture."""
    boxes, bands, height = _places(placed, arrows := list(arrows))
    lines = [_arrow(boxes[room], boxes[target]) for room, target in arrows]
    rooms = [_room(name, box) for name, box in boxes.items()]
    head = (
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#4a6fa5"/></marker>'
    )
    size = f'viewBox="0 0 {_WIDTH} {height:g}" width="{_WIDTH}" height="{height:g}"'
    title = "<title>The rooms of the code and their imports, which point downwards only</title>"
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    start = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<style>{_STYLE}</style>",
        title,
        f"<defs>{head}</defs>",
    ]
    return "\n".join([*start, ground, *bands, *lines, *rooms, "</svg>\n"])


def upward(graph: Imports, layers: Iterable[Iterable[str]]) -> list[tuple[str, str]]:
    """The imports of a room on a higher floor."""
    floor = {room: number for number, layer in enumerate(layers) for room in layer}
    if strangers := graph.keys() - floor.keys():
        raise SystemExit(f"no contract in pyproject.toml has a floor for: {', '.join(sorted(strangers))}")
    return [(room, target) for room, targets in graph.items() for target in targets if floor[target] < floor[room]]


def picture() -> str:
    """The picture as the code is now."""
    graph, layers = imports(), floors()
    return svg(rows(layers, graph), reduced(graph))


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(picture(), encoding="utf-8")
    wrong = upward(imports(), floors())
    for room, target in wrong:
        print(f"{room} imports {target}, which is on a higher floor", file=sys.stderr)
    return 1 if wrong else 0


def _names(layer: str) -> list[str]:
    """The rooms of one line of a contract: they are parted by | or :."""
    return [name.strip() for name in layer.replace(":", "|").split("|")]


def _reached(graph: Imports, room: str) -> set[str]:
    """All that a room imports, itself or through others."""
    seen: set[str] = set()
    waiting = [room]
    while waiting:
        new = graph.get(waiting.pop(), frozenset()) - seen
        seen |= new
        waiting += new
    return seen


def _rows_of_floor(layer: frozenset[str], graph: Imports) -> list[list[str]]:
    depth = dict.fromkeys(layer, 0)
    for _ in layer:  # as often as the longest chain may be long
        for room in layer:
            for target in graph.get(room, frozenset()) & layer:
                depth[target] = min(max(depth[target], depth[room] + 1), len(layer) - 1)
    return [sorted(room for room in layer if depth[room] == level) for level in sorted(set(depth.values()))]


def _places(placed: list[list[list[str]]], arrows: list[tuple[str, str]]) -> tuple[dict[str, Box], list[str], float]:
    """The boxes of all rooms, the bands behind the floors, and the height of the picture."""
    boxes: dict[str, Box] = {}
    bands, top = list[str](), float(_MARGIN)
    shifts = cycle(_SHIFTS)  # rooms that are alone on their rows do not stand below each other: arrows would hide
    for number, floor in zip(range(len(placed) - 1, -1, -1), placed, strict=True):
        height = _ROW * len(floor)
        bands.append(f'<rect class="band" x="8" y="{top:g}" width="{_WIDTH - 16}" height="{height}" rx="8"/>')
        bands.append(f'<text class="floor" x="22" y="{top + height / 2:g}">{number}</text>')
        for line, rooms in enumerate(floor):
            ordered = sorted(rooms, key=lambda room: (_pull(room, boxes, arrows), room))
            step = (_WIDTH - 60) / len(ordered)
            shift = next(shifts) if len(ordered) == 1 else 0
            for place, room in enumerate(ordered):
                boxes[room] = Box(44 + step * (place + 0.5) + shift, top + _ROW * (line + 0.5))
        top += height + _BAND_GAP
    return boxes, bands, top - _BAND_GAP + _MARGIN


def _pull(room: str, boxes: Mapping[str, Box], arrows: Iterable[tuple[str, str]]) -> float:
    """How far to the right the rooms that import a room stand: it stands below them, so that few arrows cross."""
    above = [boxes[other].x for other, target in arrows if target == room and other in boxes]
    return round(sum(above) / len(above)) if above else _WIDTH / 2


def _arrow(start: Box, end: Box) -> str:
    down = end.y > start.y
    half = _BOX_HEIGHT / 2 if down else -_BOX_HEIGHT / 2
    y1, y2 = start.y + half, end.y - half
    bend = (y2 - y1) / 2
    kind = "arrow" if down else "arrow up"
    curve = f"M{start.x:g} {y1:g}C{start.x:g} {y1 + bend:g} {end.x:g} {y2 - bend:g} {end.x:g} {y2:g}"
    return f'<path class="{kind}" d="{curve}"/>'


def _room(name: str, box: Box) -> str:
    x, y = box.x - _BOX_WIDTH / 2, box.y - _BOX_HEIGHT / 2
    rect = f'<rect class="room" x="{x:g}" y="{y:g}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="5"/>'
    return f'{rect}<text x="{box.x:g}" y="{box.y:g}">{name}</text>'


if __name__ == "__main__":
    sys.exit(main())
