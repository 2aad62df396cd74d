"""The form of one kind of request, as a workload's shapes and a blend's routes describe it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Self

from costcalc.catalog.forms.entry import Entry, form_check
from costcalc.catalog.forms.scalars import Amount, Share, UncertainAmount, UncertainShare
from costcalc.workload import Shape

_NONE = Decimal(0)


class ShapeEntry(Entry):
    """One kind of request; its share of the requests may be left out where there is only one.

    Args:
        share: Share of the workload's requests that have this shape, 0 to 1.
        input_tokens: The whole prompt of one request, cached tokens included [tokens].
        cached_share: Share of the prompt that is read from the prompt cache, 0 to 1.
        cache_write_share: Share of the prompt that is written to it at the vendor's default time to live, 0 to 1.
        cache_write_1h_share: Share of the prompt that is written to it for an hour, 0 to 1.
        output_tokens: Everything that one request generates, reasoning included [tokens].
        reasoning_tokens: The part of the output that is reasoning [tokens].
        web_searches: Paid web searches per request.
        file_searches: Paid file searches per request.
    """

    share: Share | None = None
    input_tokens: UncertainAmount = _NONE
    cached_share: UncertainShare = _NONE
    cache_write_share: Share = _NONE
    cache_write_1h_share: Share = _NONE
    output_tokens: UncertainAmount
    reasoning_tokens: Amount = _NONE
    web_searches: Amount = _NONE
    file_searches: Amount = _NONE

    @form_check
    def _is_consistent(self) -> Self:
        shape = self.to_shape()
        if not shape.tokens and not shape.calls:
            raise ValueError("a request without tokens and without calls costs nothing; give it a size")
        return self

    def to_shape(self) -> Shape:
        """Give the shape; a part that exceeds its total is a ValueError."""
        sizes = self.model_dump(exclude={"share"})
        return Shape.of(**sizes, share=Decimal(1) if self.share is None else self.share)


def shapes_of(entries: Sequence[ShapeEntry]) -> tuple[Shape, ...]:
    """Give the shapes of several entries; of more than one, each must say its share.

    Raises:
        ValueError: A share is missing, or they do not sum to 1.
    """
    unshared = [shape for shape in entries if shape.share is None]
    if unshared and len(entries) > 1:
        raise ValueError(f"{len(entries)} shapes, and {len(unshared)} of them without a share; give each its own")
    shapes = tuple(entry.to_shape() for entry in entries)
    total = sum((shape.share for shape in shapes), start=0)
    if total != 1:
        raise ValueError(f"the shares of the shapes sum to {float(total):g}; expected 1")
    return shapes
