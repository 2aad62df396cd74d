"""How the volumes of a break-even are shown: output tokens, or requests of a mix that generates none."""

from fractions import Fraction
from typing import NamedTuple, Self

from costcalc.render.numbers import significant
from costcalc.render.report import Json
from costcalc.units import MTOK, Volume, decimal, whole
from costcalc.workload import Workload


class Scale(NamedTuple):
    """How volumes are shown: output tokens where the mix generates any, else requests.

    Args:
        per_request: Units of one request.
        unit: The unit in words.
        shown: How many of the unit one shown figure is: a million tokens.
        volume: The user's own volume [units/month], as low, central and high; None where nothing was said.
    """

    per_request: Fraction
    unit: str
    shown: int
    volume: Volume | None

    @classmethod
    def of(cls, mix: Workload, volume: Volume | None) -> Self:
        """Choose the scale for a mix."""
        per_request = Fraction(mix.output_tokens) / Fraction(mix.requests)
        if per_request:
            return cls(per_request, "output_tokens", MTOK, volume)
        requests = Fraction(mix.requests)
        return cls(Fraction(1), "requests", 1, Volume(requests, requests, requests))

    @property
    def title(self) -> str:
        """The unit of a shown figure."""
        return "Mtok" if self.unit == "output_tokens" else "requests"

    def requests(self, units: Fraction) -> Fraction:
        """Turn units into requests."""
        return units / self.per_request

    def units(self, requests: Fraction) -> Fraction:
        """Turn requests into units."""
        return requests * self.per_request

    def text(self, requests: Fraction) -> str:
        """Write a volume of requests as people read it."""
        return significant(decimal(whole(self.units(requests) / self.shown)))

    def inputs(self) -> dict[str, Json]:
        """What was asked, for the document."""
        volume = [decimal(whole(units)) for units in self.volume] if self.volume is not None else None
        return {"unit": self.unit, "volume": volume}

    @property
    def volumes(self) -> tuple[Fraction, ...]:
        """The user's own volumes [requests/month], ascending; empty where nothing was said."""
        return tuple(self.requests(units) for units in sorted(set(self.volume or ())))
