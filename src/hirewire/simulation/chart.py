"""The report as a picture: one self-contained SVG, mean and p99 of each day beside even pacing and the lower bound."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from hirewire.simulation.report import Report

_ROW, _BAR, _LEFT, _WIDTH, _TOP = 62, 9, 130, 620, 44
_LEAST_S, _MOST_S = 0.01, 1_000.0
_BARS = (
    ("lower bound", "#9aa5b1"),
    ("mean", "#1f6feb"),
    ("p99", "#79b8ff"),
    ("even: mean", "#d29922"),
    ("even: p99", "#f2cc60"),
)


def chart(reports: Sequence[Report]) -> str:
    """An SVG document. The scale is a logarithm's, from 10 ms to 1,000 s."""
    height = _TOP + _ROW * len(reports) + 30
    body = [*_legend(), *_grid(height)]
    for number, report in enumerate(reports):
        body += _rows(report, _TOP + number * _ROW)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 60} {height}" '
        f'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>{"".join(body)}</svg>\n'
    )


def _x(seconds: float) -> float:
    part = math.log(min(max(seconds, _LEAST_S), _MOST_S) / _LEAST_S) / math.log(_MOST_S / _LEAST_S)
    return _LEFT + part * _WIDTH


def _legend() -> list[str]:
    return [
        f'<rect x="{_LEFT + 120 * number}" y="8" width="10" height="10" fill="{colour}"/>'
        f'<text x="{_LEFT + 120 * number + 14}" y="17">{name}</text>'
        for number, (name, colour) in enumerate(_BARS)
    ]


def _grid(height: int) -> list[str]:
    lines = []
    for power in range(-2, 4):
        x = _x(10.0**power)
        lines.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{_TOP - 8}" y2="{height - 24}" stroke="#ddd"/>')
        lines.append(f'<text x="{x:.0f}" y="{height - 10}" text-anchor="middle">{10.0**power:g} s</text>')
    return lines


def _rows(report: Report, top: int) -> list[str]:
    bound = max(report.bound_batching_s, report.bound_window_s)
    values = (bound, report.live.mean_s, report.live.p99_s, report.even.mean_s, report.even.p99_s)
    lines = [f'<text x="8" y="{top + 22}">{escape(report.name)}</text>']
    if report.regret is not None:
        lines.append(f'<text x="8" y="{top + 36}" fill="#666">regret {report.regret:.2f}</text>')
    for number, (value, (_, colour)) in enumerate(zip(values, _BARS, strict=True)):
        y = top + number * (_BAR + 1)
        width = max(1.0, _x(value) - _LEFT)
        lines.append(f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>')
        lines.append(f'<text x="{_LEFT + width + 4:.1f}" y="{y + _BAR}" font-size="9">{value:.3g}</text>')
    return lines
