"""Which options generate tokens, and which models only read: embeddings and rerankers."""

from datetime import date

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import ApiOption, BlendOption, Option, PlanOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.things import SoldModel
from costcalc.errors import UndecidableError


def generates(option: Option, catalog: Catalog, *, as_of: date) -> bool | None:
    """Say whether an option generates tokens; None where nothing tells.

    A model over an API generates unless its price has input tokens alone; a model on machines, as its file says.

    Args:
        option: The option.
        catalog: Where its model stands.
        as_of: The day whose price is asked.
    """
    match option:
        case ApiOption() | ProvisionedOption():
            sold = catalog.sold_model(option.model)
            return None if _meters(sold, as_of) is None else not only_reads(sold, as_of=as_of)
        case SelfHostOption():
            return catalog.open_model(option.model).generates if option.model is not None else None
        case PlanOption():
            return True
        case BlendOption():
            parts = [generates(catalog.option(name).option, catalog, as_of=as_of) for name in option.members]
            return True if True in parts else None if None in parts else False
        case _:
            return None


def only_reads(sold: SoldModel, *, as_of: date) -> bool:
    """Say whether a model over an API is paid by what it reads alone, as embeddings and rerankers are."""
    meters = _meters(sold, as_of) or frozenset()
    return "input" in meters and not any(meter.startswith("output") for meter in meters)


def _meters(sold: SoldModel, day: date) -> frozenset[str] | None:
    try:
        return frozenset(sold.price_on(day)[1].as_usual())
    except UndecidableError:
        return None


def readers(catalog: Catalog, *, as_of: date) -> tuple[str, ...]:
    """Name what serves requests without output: models over an API that only read, and machines that run one.

    Those that nobody sells any more, that no current list has, or that a successor has replaced, are left out.

    Args:
        catalog: Where they stand.
        as_of: The day on which they are sold.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> "openai/text-embedding-3-small" in readers(load_catalog(), as_of=date(2026, 11, 28))
        True
    """
    listed = [name for name, option in catalog.options.items() if generates(option, catalog, as_of=as_of) is False]
    taken = {option.model for name in listed if isinstance(option := catalog.options[name], ApiOption)}
    every = (
        catalog.sold_model(f"{provider}/{name}") for provider, file in catalog.providers.items() for name in file.models
    )
    sold = [one.ref for one in every if only_reads(one, as_of=as_of) and _is_sold(one, as_of)]
    return (*listed, *(ref for ref in sold if ref not in taken))


def _is_sold(sold: SoldModel, day: date) -> bool:
    return not (sold.retired_on(day) or sold.unlisted_on(day) or sold.superseded_by(day))
