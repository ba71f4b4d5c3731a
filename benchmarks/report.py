"""The figures as a table, each goal of DESIGN.md §6 beside what was reached."""

from __future__ import annotations

import statistics
from typing import Any, Optional

from benchmarks.measure import LEVELS

Row = tuple[str, str, str, str, str]


def _rounds(found: list[list[float]]) -> tuple[float, float, float, float, float]:
    """Medians of ours and stock over the rounds, then median, least and greatest ratio of a round."""
    ratios = [ours / stock for ours, stock in found]
    ours, stock = (statistics.median(column) for column in zip(*found, strict=True))
    return ours, stock, statistics.median(ratios), min(ratios), max(ratios)


def _goal(text: str, met: bool) -> str:
    return f"{text}: {'met' if met else 'NOT met'}"


def _compared(name: str, found: list[list[float]], unit: str, goal: Optional[tuple[str, float]] = None) -> Row:
    ours, stock, ratio, least, greatest = _rounds(found)
    met = ""
    if goal:
        text, bound = goal
        met = _goal(text, ratio >= bound if text.startswith("≥") else ratio <= bound)
    return name, f"{ours:.1f} {unit}", f"{stock:.1f} {unit}", f"{ratio:.2f} ({least:.2f}–{greatest:.2f})", met


def rows(result: dict[str, Any]) -> list[Row]:
    """Name, ours, stock, ratio (least and greatest of the rounds), goal."""
    table: list[Row] = []
    for kind, found in result["turns"].items():
        table.append(_compared(f"{kind} turn, p50", found["p50"], "ms"))
        table.append(_compared(f"{kind} turn, p95", found["p95"], "ms", ("≤ 1/3", 1 / 3)))
    for senders, rates in result["throughput"].items():
        table.append(_compared(f"messages per second, {senders} senders", rates, "/s", ("≥ 5", 5)))
    table += _growth(result["growth"])
    table += _resources(result)
    return table


def _growth(growth: dict[str, Any]) -> list[Row]:
    table: list[Row] = []
    ours, stock = growth["ours"], growth["stock"]
    for kind in ours:
        for level in map(str, LEVELS):
            mine, theirs = ours[kind][level], stock[kind][level]
            name = f"{kind} turn at {mine['events']:.0f} / {theirs['events']:.0f} events, p50"
            table.append((name, f"{mine['p50']:.1f} ms", f"{theirs['p50']:.1f} ms", f"{mine['p50'] / theirs['p50']:.2f}", ""))
        first, last = str(LEVELS[0]), str(LEVELS[-1])
        ratio = {side: found[kind][last]["p50"] / found[kind][first]["p50"] for side, found in growth.items()}
        met = _goal("ours ≤ 1.3", ratio["ours"] <= 1.3)
        table.append((f"{kind} turn, {last} : {first} events", f"{ratio['ours']:.2f}", f"{ratio['stock']:.2f}", "", met))
    return table


def _resources(result: dict[str, Any]) -> list[Row]:
    start, training, memory = result["start"], result["training"], result["memory"]
    ours, stock, ratio, least, greatest = _rounds(start["bot"])
    spread = f"{ratio:.2f} ({least:.2f}–{greatest:.2f})"
    table: list[Row] = [("start of the bot", f"{ours:.1f} s", f"{stock:.1f} s", spread, _goal("ours ≤ 8 s", ours <= 8))]
    table.append(("start of everything, first time", f"{start['whole']:.1f} s", "", "", ""))
    mine, theirs = training["ours"]["seconds"], training["stock"]["seconds"]
    epochs = training["stock"]["epochs"]
    when = f", kept from {training['stock']['date']}" if training["stock"]["cached"] else ""
    row = f"training (stock: {epochs} epochs{when})"
    table.append((row, f"{mine:.0f} s", f"{theirs:.0f} s", f"{mine / theirs:.2f}", _goal("ours ≤ 5 min", mine <= 300)))
    for name, text in (("rss", "largest RSS while serving"), ("pss", "largest PSS while serving"), ("high", "largest RSS ever")):
        mine, theirs = memory["ours"][name], memory["stock"][name]
        met = _goal("ours ≤ 800 MB", mine <= 800) if name != "pss" else ""
        table.append((f"bot, {text}", f"{mine:.0f} MB", f"{theirs:.0f} MB", f"{mine / theirs:.2f}", met))
    return table


def render(result: dict[str, Any]) -> str:
    """The whole report, as Markdown."""
    count, load = result["understood"], result["load"]
    networks = result["training"]["stock"]["networks"]
    lines = ["| | ours | stock | ours : stock (of the rounds) | goal |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(result)]
    lines += [
        "",
        f"{result['date']}, {result['processors']} processors, load {load['before']:.1f} before and {load['after']:.1f} after; "
        f"{result['examples']} examples in {', '.join(result['languages'])}.",
        f"Sentences: {count['asked']} tried, ours answered {count['ours']}, stock {count['stock']} as it should; "
        f"the {count['both']} that both did were used.",
        "Seconds per epoch of the stock: " + ", ".join(f"{name} {value:.1f}" for name, value in networks.items()) + ".",
    ]
    if result["training"]["stock"]["epochs"] != 100:
        lines.append(f"Stock was trained with {result['training']['stock']['epochs']} epochs instead of its 100.")
    return "\n".join(lines)
