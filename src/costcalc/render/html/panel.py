"""The part of a page where its reader tries other settings: controls, Python's answer at the base, and the curves."""

import json
import zlib
from collections.abc import Iterator
from fractions import Fraction
from html import escape

from costcalc.analysis.what_if import LEVELS, Repeating, Total
from costcalc.render.charts.palette import colour
from costcalc.render.html.offer import BASE, Offer, level_text, value_of
from costcalc.render.html.tables import table
from costcalc.render.numbers import compact
from costcalc.render.pictures.tornado import name_of
from costcalc.render.report import Column, Table
from costcalc.units import MTOK

_EXACT = 2**53  # up to it a double holds every whole number


def panel(offer: Offer) -> str:
    """Write the controls, hidden until the script has found its figures equal to Python's, and the answer."""
    shown = offer.shown(offer.home, offer.what_if.home)
    return (
        '<section id="what-if" aria-labelledby="what-if-title">\n<h3 id="what-if-title">What if</h3>\n'
        f'<form id="what-if-controls" autocomplete="off" hidden>\n{_volume(offer)}{"".join(_drivers(offer))}'
        '<p class="legend">The dots in the charts above are at this setting; the lines are at the base of every'
        " input.</p>\n</form>\n"
        f'<p id="what-if-answer" role="status">{escape(shown.sentence)}</p>\n'
        f'<div id="what-if-table">\n{_table(offer)}</div>\n</section>\n'
    )


def _volume(offer: Offer) -> str:
    home, text = offer.what_if.home, escape(offer.volume_text(offer.what_if.home))
    return (
        f'<p class="volume"><label for="what-if-volume">Volume a month</label>\n'
        f'<output for="what-if-volume" id="what-if-volume-text">{text}</output>\n'
        f'<input type="range" id="what-if-volume" min="0" max="{len(offer.what_if.volumes) - 1}" value="{home}"'
        f' aria-valuetext="{text}"></p>\n'
    )


def _drivers(offer: Offer) -> Iterator[str]:
    for number, driver in enumerate(offer.what_if.drivers):
        choices = "".join(
            f'<label><input type="radio" name="driver-{number}" value="{level}"{" checked" if level == BASE else ""}>'
            f" {name} <b>{escape(compact(value_of(driver, level)))}</b></label>\n"
            for level, name in enumerate(LEVELS)
        )
        unit = f" [{driver.unit}]" if driver.unit else ""
        yield f"<fieldset><legend>{escape(name_of(driver) + unit)}</legend>\n{choices}</fieldset>\n"


def _table(offer: Offer) -> str:
    shown = offer.shown(offer.home, offer.what_if.home)
    per = "Mtok" if offer.picture.per == MTOK else "request"
    columns = (
        Column("option"),
        Column(offer.money.per("month"), "right"),
        Column(offer.money.per(per), "right"),
        Column("times the least", "right"),
    )
    return table(Table(columns, shown.rows), caption="Every option at this setting", best=shown.best)


def data_of(offer: Offer) -> str:
    """Write the curves as JSON that no name in it can end."""
    what_if = offer.what_if
    data = {
        "unit": offer.picture.unit,
        "per": offer.picture.per,
        "currency": "$" if offer.money.is_usd else f"{offer.money.code} ",
        "options": what_if.options,
        "colours": [_colour(offer, option) for option in what_if.options],
        "levels": [[level_text(driver, level) for level in range(len(LEVELS))] for driver in what_if.drivers],
        "volumes": [_number(volume) for volume in what_if.volumes],
        "volumeTexts": [offer.volume_text(at) for at in range(len(what_if.volumes))],
        "totals": [_total(total, Fraction(offer.money.per_usd)) for total in what_if.totals],
        "settings": [what_if.settings[levels] for levels in sorted(what_if.settings)],
        "checks": [_check(offer, levels) for levels in sorted(what_if.settings)],
    }
    text = json.dumps(data, separators=(",", ":"))
    for sign in "<>&#":  # the end of a script, an entity, what CI systems obey
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/json" id="what-if-data">{text}</script>'


def _colour(offer: Offer, option: str) -> int:
    """Give the number of an option's colour in the chart; an option without a line has the colour of the next."""
    names = [line.name for line in offer.picture.lines]
    return colour(names.index(option) if option in names else len(names))


def _total(total: Total, per_usd: Fraction) -> list[object]:
    line = [_number(total.line.fixed * per_usd), _number(total.line.slope * per_usd)]
    return [*line, [_part(share, part, per_usd) for share, part in total.parts]]


def _part(share: Fraction, part: Repeating, per_usd: Fraction) -> list[object]:
    pieces = [
        number for piece in part.pieces for number in (piece.hi, piece.line.fixed * per_usd, piece.line.slope * per_usd)
    ]
    head = (share, part.start, part.period, part.rise * per_usd, part.end)
    return [*map(_number, head), list(map(_number, pieces))]


def _number(exact: Fraction | None) -> int | float | None:
    """Give the nearest double, a whole one without its decimals."""
    if exact is None:
        return None
    return int(exact) if exact.denominator == 1 and abs(exact) <= _EXACT else float(exact)


def _check(offer: Offer, levels: tuple[int, ...]) -> int:
    """Sum up all that the page may say at a setting, over all volumes, as Python says it: a CRC-32."""
    lines = []
    for at in range(len(offer.what_if.volumes)):
        shown = offer.shown(levels, at)
        lines.append("\t".join([shown.sentence, *("\t".join(row) for row in shown.rows)]))
    return zlib.crc32("\n".join(lines).encode())
