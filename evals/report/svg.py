"""Charts as inline SVG, coloured by the page's style sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 42


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a scatter plot; ``size`` is its radius in pixels, ``label`` what hovering shows."""

    x: float
    y: float
    label: str
    size: float = 5.0
    kind: str = "mark"


def interval_bar(mean: float, low: float, high: float) -> str:
    """A share between 0 and 1 with its interval, as a bar 120 wide."""
    x = [round(120 * min(1.0, max(0.0, value)), 1) for value in (mean, low, high)]
    label = f"{mean:.3f}, 95 % interval {low:.3f} to {high:.3f}"
    return (
        f'<svg class="bar" viewBox="0 0 120 12" width="120" height="12" role="img" aria-label="{label}">'
        f'<rect class="track" width="120" height="12" rx="2"/><rect class="fill" width="{x[0]}" height="12" rx="2"/>'
        f'<line class="whisker" x1="{x[1]}" x2="{max(x[2], x[1] + 1)}" y1="6" y2="6"/></svg>'
    )


def histogram(
    title: str,
    unit: str,
    groups: Sequence[tuple[str, Sequence[float]]],
    bins: int = 20,
    span: tuple[float, float] | None = None,
) -> str:
    """Counts by bin over the span (that of the values unless given), a colour a group; empty without values."""
    values = [value for _, group in groups for value in group]
    if not values:
        return ""
    low, high = span or (min(values), max(values))
    width = (high - low) / bins or 1.0
    counts = [[0] * bins for _ in groups]
    for row, (_, group) in zip(counts, groups, strict=True):
        for value in group:
            row[min(bins - 1, int((value - low) / width))] += 1
    top = max(max(row) for row in counts)
    across, up = _scale(low, low + width * bins, LEFT, WIDTH - RIGHT), _scale(0, top, HEIGHT - BOTTOM, TOP)
    drawn = []
    for index, (row, (name, _)) in enumerate(zip(counts, groups, strict=True)):
        share = (across(low + width) - across(low)) / len(groups)
        for place, count in enumerate(row):
            if count:
                x = across(low + place * width) + index * share
                label = f"{name} {low + place * width:.4g} to {low + (place + 1) * width:.4g} {unit}: {count}"
                drawn.append(
                    f'<rect class="series{index}" x="{x:.1f}" y="{up(count):.1f}" width="{max(1.0, share - 1):.1f}" '
                    f'height="{HEIGHT - BOTTOM - up(count):.1f}"><title>{escape(label)}</title></rect>'
                )
    axes = _axes((low, low + width * bins), (0, top), across, up, unit, "cases")
    return _figure(title, axes + "".join(drawn), [name for name, _ in groups] if len(groups) > 1 else [])


def scatter(
    title: str, points: Sequence[Point], x_label: str, y_label: str, *,
    x_range: tuple[float, float] | None = None, y_range: tuple[float, float] | None = None,
    diagonal: bool = False, path: Sequence[Point] = (),
) -> str:  # fmt: skip
    """Points with labels; ``path`` joins some of them, ``diagonal`` draws y = x."""
    xs, ys = x_range or _padded([p.x for p in points]), y_range or _padded([p.y for p in points])
    across, up = _scale(*xs, LEFT, WIDTH - RIGHT), _scale(*ys, HEIGHT - BOTTOM, TOP)
    parts = [_axes(xs, ys, across, up, x_label, y_label)]
    if diagonal:
        parts.append(
            f'<line class="diagonal" x1="{across(xs[0]):.1f}" y1="{up(xs[0]):.1f}" '
            f'x2="{across(xs[1]):.1f}" y2="{up(xs[1]):.1f}"/>'
        )
    if len(path) > 1:
        joined = " ".join(f"{across(p.x):.1f},{up(p.y):.1f}" for p in path)
        parts.append(f'<polyline class="path" points="{joined}"/>')
    parts += [
        f'<circle class="{p.kind}" cx="{across(p.x):.1f}" cy="{up(p.y):.1f}" r="{p.size:.1f}">'
        f"<title>{escape(p.label)}</title></circle>"
        for p in points
    ]
    return _figure(title, "".join(parts), [])


def _figure(title: str, body: str, legend: Sequence[str]) -> str:
    keys = "".join(f'<span class="key{index}">{escape(name)}</span>' for index, name in enumerate(legend))
    caption = f"<figcaption>{escape(title)}{f' <small>{keys}</small>' if keys else ''}</figcaption>"
    drawing = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{body}</svg>'
    return f"<figure>{caption}{drawing}</figure>"


def _axes(
    xs: tuple[float, float], ys: tuple[float, float],
    across: Callable[[float], float], up: Callable[[float], float], x_label: str, y_label: str,
) -> str:  # fmt: skip
    bottom = HEIGHT - BOTTOM
    parts = [f'<line class="axis" x1="{LEFT}" y1="{bottom}" x2="{WIDTH - RIGHT}" y2="{bottom}"/>']
    parts += [
        f'<text x="{across(value):.1f}" y="{bottom + 15}" text-anchor="middle">{value:.4g}</text>'
        for value in _ticks(*xs)
    ]
    for value in _ticks(*ys):
        y = up(value)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.4g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="label" x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x_label)}</text>')
    parts.append(
        f'<text class="label" transform="translate(11 {(TOP + bottom) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text>'
    )
    return "".join(parts)


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or max(abs(high) * 0.05, 0.01)
    return low - pad, high + pad


def _ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values within a range, in steps of 1, 2 or 5 times a power of ten."""
    raw = (high - low) / wanted or 1.0
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 1.0
    while power > raw:
        power /= 10
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = int(low / step) - 1
    found = [round((first + place) * step, 10) for place in range(wanted + 4)]
    return [value for value in found if low - 1e-9 <= value <= high + 1e-9]
