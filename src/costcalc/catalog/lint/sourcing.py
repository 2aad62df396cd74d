"""A rule about sources: every figure says where it was read, and when somebody looked."""

from collections.abc import Iterator

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.lint.question import Found, Question
from costcalc.catalog.sources import judgements, sources
from costcalc.findings import Place

_OWN_FIGURES = ("tokens_per_s", "usd_per_gpu_hour", "usd_per_gpu", "gpu_kw")


def unsourced(asked: Question) -> Iterator[Found]:
    """Find figures without a source of their own, and judgements without a day.

    That a price has a source is the form's to ask; a number of the user's own (basis ``user``) needs none.
    """
    for judged in judgements(asked.catalog):
        if judged.checked is None:
            help_text = "say when it was last thought over: checked: DAY"
            yield Found(judged.path, "a judgement without a day on which it was checked", help=help_text)
    yield from _own_figures(asked.catalog)
    yield from _inherited(asked.catalog)


def recalled(asked: Question) -> Iterator[Found]:
    """Find licences and shapes of open models that rest on a judgement: recalled, or taken over from another model."""
    for name, model in asked.catalog.models.items():
        if model.licence is not None and model.licence_source is None:
            text = f"{model.licence} is recalled (basis: judgement)"
            yield Found(("models", name, "licence"), text, help="read its model card, and add licence_source")
        if model.trust in {"recalled", "judgement"}:
            text = f"the shape is {_OF_TRUST[model.trust]} (basis: judgement)"
            yield Found(("models", name, "trust"), text, help="read its config.json, and change source and trust")


_OF_TRUST = {"recalled": "recalled", "judgement": "taken over from another model"}


def _own_figures(catalog: Catalog) -> Iterator[Found]:
    for name, option in catalog.options.items():
        if isinstance(option, SelfHostOption) and option.source is None:
            figures = [key for key in _OWN_FIGURES if getattr(option, key) is not None]
            if figures:
                yield Found(("options", name), f"{', '.join(figures)} without a source", help="give it a source")
        if isinstance(option, ProvisionedOption) and option.source is None:
            yield Found(("options", name), "prices and capacities without a source", help="give it a source")


def _inherited(catalog: Catalog) -> Iterator[Found]:
    """Find prices that a layer changed while the source of the old ones went on to stand below them."""
    for read in sources(catalog):
        title, price = read.source.title or "", read.path[:-1]
        # as a layer's own place is written, where it lies over another
        if ", over " in title and title.startswith(_start(catalog.place(price))):
            message = "changes a price and gives no source of its own"
            yield Found(price, message, catalog.place(price), help="add source: {url or title, checked}")


def _start(place: Place) -> str:
    return f"{place.document.name}:{place.line}, over "
