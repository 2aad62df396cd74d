"""XML of an SVG: elements, attributes, texts. Every text is escaped here, once."""

from html import escape

from costcalc.findings import clean

Value = str | float | None


def tag(name: str, *inside: str, **attributes: Value) -> str:
    """Write an element.

    Numbers are pixels, written to a hundredth; None leaves an attribute out. ``class_`` is written as ``class``, and
    an underscore as a hyphen.

    Args:
        name: Of the element.
        inside: What stands in it: markup, or text that went through `words`.
        attributes: Its attributes; texts are escaped.

    Example:
        >>> print(tag("text", words("a < b"), x=1.005, class_="label", data_option='"x"'))
        <text x="1" class="label" data-option="&quot;x&quot;">a &lt; b</text>
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{px(value) if isinstance(value, float | int) else words(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(text: str) -> str:
    """Make a text safe between tags and in attributes: names come from files that somebody else wrote."""
    return escape(clean(text), quote=True)


def px(length: float) -> str:
    """Write a length to a hundredth of a pixel, the same on every machine.

    Example:
        >>> px(12.0), px(0.126), px(-0.001)
        ('12', '0.13', '0')
    """
    text = f"{length:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path(points: list[tuple[float, float]]) -> str:
    """Write the ``d`` of a path through points; a riser is a V, a level piece an H.

    Example:
        >>> path([(0, 10), (5, 10), (5, 2), (9.126, 1)])
        'M0 10H5V2L9.13 1'
    """
    parts: list[str] = []
    last = ("", "")
    for x, y in points:
        here = (px(x), px(y))
        if not parts:
            parts.append(f"M{here[0]} {here[1]}")
        elif here[0] == last[0] and here[1] != last[1]:
            parts.append(f"V{here[1]}")
        elif here[1] == last[1] and here[0] != last[0]:
            parts.append(f"H{here[0]}")
        elif here != last:
            parts.append(f"L{here[0]} {here[1]}")
        last = here
    return "".join(parts)


def label(text: str, x: float, y: float, *, class_: str = "label", anchor: str | None = None, full: str = "") -> str:
    """Write a text; where it was shortened, its full form is its title.

    Args:
        text: What is shown.
        x: Where it is anchored.
        y: Its base line.
        class_: Of the stylesheet.
        anchor: ``middle`` or ``end``; the start else.
        full: Its full form.
    """
    title = (tag("title", words(full)),) if full and full != text else ()
    return tag("text", *title, words(text), x=x, y=y, class_=class_, text_anchor=anchor)
