"""Plots as inline SVG: small, without scripts, readable without colour; every word that comes in is escaped."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

Points = Sequence[tuple[float, float]]

_DASHES = ("none", "7 4", "2 4", "9 3 2 3", "4 2 1 2 1 2")
_LEFT, _TOP, _SIDE = 56, 14, 320  # of the square that curves are drawn in
_BOTTOM = 46
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_ROW = 24
_NAMES = 250  # width of the names beside bars


def curves(key: str, lines: Mapping[str, Points]) -> Markup:
    """Precision over recall, one line for each name, told apart by dashes."""
    marks = [_axes("Recall", "Precision")]
    for at, (name, points) in enumerate(lines.items()):
        dash = _DASHES[at % len(_DASHES)]
        joined = " ".join(f"{_x(recall):.1f},{_y(precision):.1f}" for recall, precision in points)
        below = _TOP + _SIDE - 14 - 18 * (len(lines) - 1 - at)
        marks.append(
            Markup(
                '<polyline class="line c{at}" stroke-dasharray="{dash}" points="{joined}"/>'
                '<line class="line c{at}" stroke-dasharray="{dash}" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>'
                '<text x="{c}" y="{d}">{name}</text>'
            ).format(
                at=at % len(_DASHES),
                dash=dash,
                joined=joined,
                a=_LEFT + 10,
                b=_LEFT + 46,
                y=below,
                c=_LEFT + 52,
                d=below + 4,
                name=name,
            )
        )
    described = "; ".join(f"{name}: {_at_recalls(points)}" for name, points in lines.items())
    return _svg(key, "Precision over recall", described, _LEFT + _SIDE + 24, _TOP + _SIDE + _BOTTOM, marks)


def reliability(key: str, bins: Sequence[Mapping[str, Any]]) -> Markup:
    """Share that recruits over mean risk, per bin, with its 95 % interval and the number of texts."""
    marks = [
        _axes("Mean risk that the model gives", "Share that recruits"),
        Markup('<line class="ideal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(_x(0), _y(0), _x(1), _y(1)),
    ]
    told = []
    for at, part in enumerate(bins):
        x, y = _x(part["mean_risk"]), _y(part["positives"])
        low, high = part["interval"]
        marks.append(
            Markup(
                '<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
                '<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
                '<text class="small" x="{beside:.1f}" y="{above:.1f}"{anchor}>{texts}</text>'
            ).format(
                x=x,
                y=y,
                low=_y(low),
                high=_y(high),
                beside=x + 7 if part["mean_risk"] < 0.9 else x - 7,
                above=(y - 6 if part["positives"] < 0.9 else y + 15) + 13 * (at % 2),
                anchor=Markup("") if part["mean_risk"] < 0.9 else Markup(' text-anchor="end"'),
                texts=part["texts"],
            )
        )
        told.append(f"{part['texts']} texts at risk {part['mean_risk']:.2f}: {part['positives']:.0%} recruit")
    described = "The dashed line is perfect calibration; numbers count texts. " + "; ".join(told)
    return _svg(key, "Reliability", described, _LEFT + _SIDE + 24, _TOP + _SIDE + _BOTTOM, marks)


def bars(
    key: str, title: str, axis: str, rows: Sequence[tuple[str, float, tuple[float, float] | None]], vertical: str
) -> Markup:
    """Horizontal bars from 0 to 1 with intervals; the value stands behind each. `vertical` says what the rows are."""
    height = _ROW * len(rows)
    right = _NAMES + _SIDE
    marks = [
        Markup(
            '<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{end}"/>'
            '<text class="small" text-anchor="middle" x="{x}" y="{y}">{tick}</text>'
        ).format(x=_NAMES + tick * _SIDE, top=_TOP + 14, end=_TOP + 14 + height, y=_TOP + 28 + height, tick=tick)
        for tick in _TICKS
    ]
    marks.append(
        Markup('<text text-anchor="middle" x="{}" y="{}">{}</text><text class="small" x="8" y="{}">{}</text>').format(
            _NAMES + _SIDE / 2, _TOP + 46 + height, axis, _TOP + 4, vertical
        )
    )
    for at, (name, value, interval) in enumerate(rows):
        y = _TOP + 14 + _ROW * at
        shown = f"{value:.2f}" + (f" ({interval[0]:.2f}-{interval[1]:.2f})" if interval else "")
        marks.append(
            Markup(
                '<text text-anchor="end" x="{end}" y="{base}">{name}</text>'
                '<rect class="bar" x="{left}" y="{top}" width="{width:.1f}" height="{thick}"/>'
                '<text class="small" x="{beside}" y="{base}">{shown}</text>'
            ).format(
                end=_NAMES - 8,
                base=y + 16,
                name=name if len(name) <= 36 else name[:35] + "…",
                left=_NAMES,
                top=y + 5,
                width=value * _SIDE,
                thick=_ROW - 10,
                beside=right + 10,
                shown=shown,
            )
        )
        if interval:
            marks.append(
                Markup(
                    '<path class="whisker" d="M{a:.1f} {y}H{b:.1f}M{a:.1f} {top}V{end}M{b:.1f} {top}V{end}"/>'
                ).format(
                    a=_NAMES + interval[0] * _SIDE, b=_NAMES + interval[1] * _SIDE, y=y + 12, top=y + 8, end=y + 16
                )
            )
    described = "; ".join(f"{name}: {value:.2f}" for name, value, _ in rows)
    return _svg(key, title, described, right + 130, _TOP + 58 + height, marks)


def _svg(key: str, title: str, described: str, width: int, height: int, marks: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg role="img" aria-labelledby="{key}-t {key}-d" viewBox="0 0 {width} {height}" width="{width}">'
        '<title id="{key}-t">{title}</title><desc id="{key}-d">{described}</desc>{marks}</svg>'
    ).format(key=key, title=title, described=described, width=width, height=height, marks=Markup("").join(marks))


def _axes(horizontal: str, vertical: str) -> Markup:
    marks = [Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(_LEFT, _TOP, _SIDE, _SIDE)]
    for tick in _TICKS:
        marks.append(
            Markup(
                '<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{end}"/>'
                '<line class="grid" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>'
                '<text class="small" text-anchor="middle" x="{x}" y="{under}">{tick}</text>'
                '<text class="small" text-anchor="end" x="{beside}" y="{base}">{tick}</text>'
            ).format(
                x=_x(tick),
                y=_y(tick),
                top=_TOP,
                end=_TOP + _SIDE,
                left=_LEFT,
                right=_LEFT + _SIDE,
                under=_TOP + _SIDE + 16,
                beside=_LEFT - 6,
                base=_y(tick) + 4,
                tick=tick,
            )
        )
    middle = _TOP + _SIDE / 2
    marks.append(
        Markup(
            '<text text-anchor="middle" x="{}" y="{}">{}</text>'
            '<text text-anchor="middle" x="16" y="{}" transform="rotate(-90 16 {})">{}</text>'
        ).format(_LEFT + _SIDE / 2, _TOP + _SIDE + 36, horizontal, middle, middle, vertical)
    )
    return Markup("").join(marks)


def _at_recalls(points: Points) -> str:
    """What the line says at four recalls, in words."""
    told = []
    for recall in (0.5, 0.8, 0.9, 0.95):
        precision = next((precision for found, precision in points if found >= recall), None)
        if precision is not None:
            told.append(f"precision {precision:.2f} at recall {recall}")
    return ", ".join(told)


def _x(value: float) -> float:
    return _LEFT + value * _SIDE


def _y(value: float) -> float:
    return _TOP + (1 - value) * _SIDE
