"""SkyPilot's list of one cloud, a CSV: what a machine with GPUs, or a GPU alone, costs an hour by region and zone.

Columns: https://github.com/skypilot-org/skypilot-catalog (schemas 5 to 9). ``Price`` is that of the machine. At Google
a row without a machine is the GPUs alone, and a row without GPUs the machine around them. The file does not
name its cloud: that is the name of its folder.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Literal, NamedTuple

from costcalc.catalog.refresh.accelerators import told
from costcalc.errors import InputError
from costcalc.files import read_document
from costcalc.findings import Document, Finding, Place, did_you_mean

Terms = Literal["on_demand", "spot"]

_COLUMNS = ("InstanceType", "AcceleratorName", "AcceleratorCount", "GpuInfo", "Price", "SpotPrice", "Region")
_ZONE = "AvailabilityZone"  # not every cloud has zones
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?")
_LONGEST = 30  # characters of a number; a float has 17 digits
_DEAREST = Decimal(100_000)  # [USD/h]; the dearest machine of 2026, a pod of 256 TPUs, costs 830
_LEAST = Decimal("0.0001")  # [USD/h]; the cheapest machine of 2026 costs 0.005
_MOST_GPUS = 10_000
_PROBLEMS = 20  # of a file; whoever damaged 200,000 lines damaged them all alike


class Key(NamedTuple):
    """What is offered.

    Args:
        gpu: Our id of the GPU.
        name: What SkyPilot calls it.
        machine: The machine; empty for GPUs alone.
        gpus: How many GPUs.
        region: Where.
        terms: On demand or on spot.
    """

    gpu: str
    name: str
    machine: str
    gpus: int
    region: str
    terms: Terms


@dataclass(slots=True)
class Zones:
    """What an offer costs by zone [USD/h, all GPUs], or why it has no price."""

    usd: dict[str, Decimal] = field(default_factory=dict)
    reason: str = ""

    def put(self, zone: str, usd: Decimal | None, reason: str) -> None:
        """Take the price of a zone; of two for one zone, the lower one."""
        if reason or usd is None:
            self.reason = self.reason or reason
        else:
            self.usd[zone] = min(usd, self.usd.get(zone, usd))


class Offers(NamedTuple):
    """What a list of SkyPilot's holds.

    Args:
        cloud: Whose it is.
        title: What sources call it.
        seen: The day of the list.
        offers: Prices of GPUs of ours.
        machines: Prices of machines without GPUs, by name, region and terms: at Google, what is around them.
        left: The accelerators that are no GPU of ours, and why, with how many rows each has.
    """

    cloud: str
    title: str
    seen: date
    offers: Mapping[Key, Zones]
    machines: Mapping[tuple[str, str, Terms], Zones]
    left: Mapping[tuple[str, str], int]


def read_skypilot(cloud: str, path: Path, *, shown: str, seen: date) -> Offers:
    """Read a list.

    Args:
        cloud: Whose it is.
        path: The file.
        shown: What messages call it.
        seen: Its day.

    Raises:
        InputError: It cannot be read, is no list of SkyPilot's, or holds what is no price.
    """
    reader = _Reader(cloud, read_document(path, name=shown, layer="skypilot"))
    reader.read()
    if reader.problems:
        more = reader.wrong - _PROBLEMS
        rest = [Finding("price", "error", f"{shown}: and {more:,} more such problems")] if more > 0 else []
        raise InputError([*reader.problems, *rest])
    if not reader.offers and not reader.left:
        raise InputError([Finding("empty", "error", f"{shown}: no row has an accelerator with a price")])
    return Offers(cloud, f"skypilot, {cloud}/{path.name}", seen, reader.offers, reader.machines, reader.left)


class _Reader:
    """One pass over the rows."""

    def __init__(self, cloud: str, document: Document) -> None:
        self.cloud = cloud
        self.document = document
        self.problems: list[Finding] = []  # the first ones
        self.wrong = 0  # how many there are
        self.offers: dict[Key, Zones] = {}
        self.machines: dict[tuple[str, str, Terms], Zones] = {}
        self.left: Counter[tuple[str, str]] = Counter()
        self._line = 1

    def read(self) -> None:
        rows = self._rows()
        header = next(rows, [])
        self._check(header)
        for cells in rows:
            if len(cells) != len(header):
                self._wrong(f"expected {len(header)} cells as in the header, found {len(cells)}")
                continue
            self._take(dict(zip(header, cells, strict=True)))

    def _rows(self) -> Iterator[list[str]]:
        """Walk the rows, empty lines aside; a row may go over several lines, within quotes."""
        lines = csv.reader(StringIO(self.document.text, newline=""), strict=True)
        try:
            for cells in lines:
                if cells:
                    yield cells
                self._line = lines.line_num + 1
        except csv.Error as error:
            self._wrong(f"no CSV from here on: {error}")

    def _check(self, header: list[str]) -> None:
        if self.problems:
            raise InputError(self.problems)
        lacking = [name for name in _COLUMNS if name not in header]
        twice = [name for name, count in Counter(header).items() if count > 1]
        if lacking:
            names = [name for name in header if len(name) <= _LONGEST]  # a damaged header may be a file long
            near = [hint for name in lacking if (hint := did_you_mean(name, names))]
            found = ", ".join(header)[:200] or "nothing"
            message = f"not SkyPilot's list: expected a CSV with the columns {', '.join(_COLUMNS)}; found {found}"
            self._stop(f"{message}; lacks {', '.join(lacking)}", near[0] if near else None)
        if twice:
            self._stop(f"the column {twice[0]} stands twice", None)

    def _take(self, row: Mapping[str, str]) -> None:
        price, spot = self._usd(row, "Price"), self._usd(row, "SpotPrice")
        zone = row.get(_ZONE, "")
        if not row["AcceleratorName"]:
            if row["InstanceType"]:
                for terms, usd, reason in _priced(price, spot):
                    key = (row["InstanceType"], row["Region"], terms)
                    self.machines.setdefault(key, Zones()).put(zone, usd, reason)
            return
        count = self._count(row)
        gpu = told(self.cloud, row["AcceleratorName"], row["InstanceType"], row["GpuInfo"])
        if count is None or not gpu.gpu:
            reason = gpu.reason or "a part of a GPU"
            self.left[row["AcceleratorName"], reason] += 1
            return
        gpus = count * gpu.per_count
        for terms, usd, reason in _priced(price, spot):
            offered = Key(gpu.gpu, row["AcceleratorName"], row["InstanceType"], gpus, row["Region"], terms)
            self.offers.setdefault(offered, Zones()).put(zone, usd, reason)

    def _usd(self, row: Mapping[str, str], column: str) -> Decimal | None:
        """Read a price [USD/h]; None where the cell is empty."""
        text = row[column].strip()
        if not text:
            return None
        usd = _number(text)
        if usd is not None and (not usd or _LEAST <= usd <= _DEAREST):
            return usd
        self._wrong(f"{column}: expected USD an hour, 0 or from {_LEAST} to {_DEAREST:,}, found {_short(text)}")
        return None

    def _count(self, row: Mapping[str, str]) -> int | None:
        """Read how many GPUs a row is of; None for a part of one."""
        text = row["AcceleratorCount"].strip()
        count = _number(text)
        if count is None or not 0 < count <= _MOST_GPUS:
            message = f"AcceleratorCount: expected a number above 0 and to {_MOST_GPUS:,}, found {_short(text)}"
            self._wrong(message)
            return None
        return int(count) if count == count.to_integral_value() else None

    def _wrong(self, message: str) -> None:
        self.wrong += 1
        if self.wrong <= _PROBLEMS:
            self.problems.append(Finding("price", "error", message, Place(self.document, self._line, 1)))

    def _stop(self, message: str, hint: str | None) -> None:
        raise InputError([Finding("format", "error", message, Place(self.document, 1, 1), hint)])


@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal | None:
    return Decimal(text) if len(text) <= _LONGEST and _NUMBER.fullmatch(text) else None


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _priced(price: Decimal | None, spot: Decimal | None) -> Iterator[tuple[Terms, Decimal | None, str]]:
    """Judge both prices of a row: each with why it is not taken, or an empty reason."""
    reason = "no price" if price is None else "" if price else "0: free and unknown look alike"
    if price and spot and price < spot:
        reason = f"{price} is below the {spot} on spot: the price of a commitment, not that on demand"
    yield "on_demand", price, reason
    reason = "no price on spot" if spot is None else "" if spot else "0 on spot: free and unknown look alike"
    if price and spot == price:
        reason = "repeats the price on demand as that on spot"
    yield "spot", spot, reason
