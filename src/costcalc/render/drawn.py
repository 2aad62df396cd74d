"""A report's picture as a file of its own: SVG or PNG."""

from costcalc.errors import FlagError
from costcalc.render.charts.pictures import Picture
from costcalc.render.report import Figure, Report


def as_svg_file(report: Report) -> str:
    """Draw the first picture of a report as SVG, with its title."""
    from costcalc.render.charts.svg import as_svg

    return as_svg(_picture(report), standalone=True)


def as_png_file(report: Report) -> bytes:
    """Draw the same as PNG, at twice the size."""
    from costcalc.render.charts.png import as_png

    return as_png(_picture(report))


def _picture(report: Report) -> Picture:
    found = next((block.picture for block in (*report.blocks, *report.more) if isinstance(block, Figure)), None)
    if found is None:
        raise FlagError("there is no picture here to draw: take costcalc chart, or --chart where a command has it")
    return found
