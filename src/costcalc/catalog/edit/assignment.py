"""``KEY=VALUE`` as ``catalog set`` and ``catalog add`` take it: a path below an entry, and what is to stand there."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.json_schema import keys_at
from costcalc.catalog.forms.kinds import FOLDERS, KINDS
from costcalc.catalog.forms.rates import RATE_TABLES, USUAL_TABLE
from costcalc.catalog.forms.scalars import without_commas
from costcalc.errors import FlagError
from costcalc.files import resolve_scalar
from costcalc.findings import Path, Scalar, did_you_mean
from costcalc.units import THOUSANDS

_METERS: dict[str, str] = {meter: table.key for meter, table in USUAL_TABLE.items()}
_BY_METER = ("free_per_month", "counted")
_WITH_COMMA = re.compile(r"[-+]?[$€£]? ?[\d._]*,[\d,._]*")


class Assignment(NamedTuple):
    """One ``KEY=VALUE``.

    Args:
        path: The path below the named entry.
        value: What is to stand there.
        remark: How a value was read that could be read otherwise; empty for any other.
    """

    path: Path
    value: Scalar
    remark: str = ""

    @classmethod
    def parse(cls, text: str) -> "Assignment":
        """Read ``output=12.00``; a meter's name stands for its rate.

        Raises:
            FlagError: It has no key or no value, or a number whose comma may be a decimal point.

        Example:
            >>> Assignment.parse("output=12.00")
            Assignment(path=('usd_per_mtok', 'output'), value=Decimal('12.00'), remark='')
            >>> Assignment.parse("context_window=128,000").value
            128000
        """
        value = text.partition("=")[2].strip()
        if not _WITH_COMMA.fullmatch(value):
            return cls(path_of(text), resolve_scalar(value))
        if not re.fullmatch(THOUSANDS, value):
            instead = without_commas(value.lstrip("$€£ "))
            hint = f"; write {instead}" if instead else ""
            raise FlagError(f"{text}: commas stand only between thousands, as in 1,000{hint}")
        plain = without_commas(value)
        could_be_point = value.count(",") == 1 and "." not in value
        point = f"; for a decimal point write {value.replace(',', '.')}" if could_be_point else ""
        return cls(path_of(text), resolve_scalar(plain), f"{text} was read as {plain}, without the commas{point}")


def path_of(text: str) -> Path:
    """Read the key of ``KEY=VALUE`` as a path.

    Raises:
        FlagError: It has no key or no value.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise FlagError(f"expected KEY=VALUE such as output=12.00, found '{text}'")
    steps = tuple(key.strip().split("."))
    if steps[-1] in _METERS and not {*steps[-2:-1]} & {*RATE_TABLES, "billed_as", "multiply", *_BY_METER}:
        steps = (*steps[:-1], _METERS[steps[-1]], steps[-1])
    return tuple(int(step) if step.isdigit() else step for step in steps)


def check_keys(texts: Sequence[str], entry: Path, *, kind: object = None) -> None:
    """Refuse a key that no form knows, before anything else is said of an edit.

    Args:
        texts: The ``KEY=VALUE`` texts.
        entry: The entry that they are about, as a path of the catalog.
        kind: The entry's ``kind``, where forms differ by it.

    Raises:
        FlagError: With every such key.
    """
    form = KINDS[str(entry[0])].form
    own = entry[2:] if entry[0] in FOLDERS else entry  # a folder's file is the entry, or holds it
    problems = [problem for text in texts if (problem := _problem(form, own, path_of(text), kind))]
    if problems:
        raise FlagError("\n".join(problems))


def _problem(form: type[Entry], entry: Path, path: Path, kind: object) -> str:
    """Say which step of a path no form knows; what is dated stands in the entries of the ``prices`` beside it."""
    at: list[Path] = [entry]
    for step in path:
        keys = {place: keys_at(form, place, kind=kind) for place in at}
        keys |= {(*place, "prices", 0): keys_at(form, (*place, "prices", 0)) for place in at if "prices" in keys[place]}
        known = dict.fromkeys(key for of in keys.values() for key in of)
        if known and isinstance(step, str) and step not in known:
            meters = [meter for meter, table in _METERS.items() if table in known]
            a_meter = "a meter such as output, or " if meters else ""
            deeper = next((found for place in at for found in _deeper(form, place, step)), None)
            hint = (
                f"it stands in {deeper}"
                if deeper is not None
                else did_you_mean(step, [*meters, *known]) or f"expected {a_meter}one of: {', '.join(known)}"
            )
            return f"{'.'.join(map(str, path))}: unknown key '{step}'; {hint}"
        at = [(*place, step) for place in keys if not keys[place] or step in keys[place]]
    return ""


def _deeper(form: type[Entry], place: Path, key: str) -> Iterator[str]:
    """Find a key one table further down, under a name of its own or among the dated entries: a GPU's rents."""
    for room in keys_at(form, place):
        for below in ((room,), (room, "NAME")):
            if key in {*keys_at(form, (*place, *below)), *keys_at(form, (*place, *below, "prices", 0))}:
                yield ".".join((*below, key))
