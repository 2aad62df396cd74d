"""What ``catalog show`` and ``catalog validate`` say."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import assert_never

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.kinds import FOLDERS
from costcalc.catalog.forms.options import ApiOption, Option, PlanOption, SelfHostOption
from costcalc.catalog.forms.provisioned import ProvisionedOption
from costcalc.catalog.forms.schema import Model, Price, When
from costcalc.catalog.scores import names_of
from costcalc.catalog.things import SoldModel, Thing
from costcalc.cost.rates import describe
from costcalc.findings import Finding, Path
from costcalc.render.catalog_explain import contracted_blocks, contracted_rows, field_blocks, field_rows
from costcalc.render.catalog_hardware import gpu_blocks, open_model_blocks, score_blocks
from costcalc.render.catalog_lint import counted
from costcalc.render.catalog_plans import plan_blocks
from costcalc.render.numbers import quantity
from costcalc.render.report import Block, Bullets, Json, Paragraph, Report
from costcalc.units import full_usd, how_many


def _cell(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return full_usd(value) if isinstance(value, Decimal) else "–" if value is None else str(value)


def show_report(catalog: Catalog, name: str, *, as_of: date, explain: bool = False) -> Report:
    """Show one option, model, open model, GPU or assumption in full, with the place of every entry.

    Args:
        catalog: The catalog.
        name: What to show.
        as_of: The day on which a contract may be in force, and from which ages are counted.
        explain: Whether every field is shown with its layer, place, source and age.

    Raises:
        UnknownNameError: Nothing has that name.
    """
    thing = catalog.thing(name)
    report = _shown(catalog, name, thing.path, as_of, tuple(_blocks(catalog, thing)))
    paths = _paths(catalog, thing)
    sold = [catalog.sold_model(f"{path[1]}/{path[3]}") for path in paths if path[0] == "api"]
    contracted = [row for one in sold for row in contracted_rows(catalog, one, as_of)]
    paths += [("contracts", one.provider) for one in sold if one.contract is not None]
    fields = field_rows(catalog, paths, as_of) if explain else None
    result = {**(report.result or {}), "contracted": contracted, "fields": fields}
    blocks = (*report.blocks, *contracted_blocks(contracted, as_of, every=explain))
    if fields is None:
        return report._replace(result=result, blocks=blocks)
    blocks = (*blocks, *field_blocks(catalog, paths, as_of))
    return report._replace(result=result, records=tuple(fields), blocks=blocks, inputs={"name": name, "explain": True})


def _paths(catalog: Catalog, thing: Thing) -> list[Path]:
    """Name the entries that are shown: the thing's own, and what stands behind an option."""
    paths = [thing.path]
    match thing.entry:
        case ApiOption(model=model) | ProvisionedOption(model=model):
            paths.append(catalog.sold_model(model).path)
        case PlanOption(plan=plan):
            paths.append(catalog.plan(plan).path)
        case SelfHostOption(model=model, gpu=gpu):
            paths += [("models", catalog.open_model(model).model)] if model is not None else []
            paths += [("gpus", catalog.gpu(gpu).gpu)] if gpu is not None else []
        case _:
            pass
    return paths


def _blocks(catalog: Catalog, thing: Thing) -> Iterator[Block]:
    match thing.kind:
        case "option":
            yield from _behind(catalog, thing.entry)
        case "model":
            yield from _model_blocks(catalog, thing.entry)
        case "plan":
            yield from plan_blocks(catalog, thing.entry)
        case "open model":
            yield from open_model_blocks(catalog, thing.entry)
        case "GPU":
            yield from gpu_blocks(catalog, thing.entry)
        case "assumption" | "currency":
            pass
        case _:
            assert_never(thing.kind)


def _behind(catalog: Catalog, option: Option) -> Iterator[Block]:
    """Show what an option stands for: a model's prices, or an open model and a GPU."""
    if isinstance(option, ApiOption | ProvisionedOption):
        yield from _model_blocks(catalog, catalog.sold_model(option.model))
    elif isinstance(option, SelfHostOption):
        if option.model is not None:
            yield from open_model_blocks(catalog, catalog.open_model(option.model))
        if option.gpu is not None:
            yield from gpu_blocks(catalog, catalog.gpu(option.gpu))
    elif isinstance(option, PlanOption):
        yield from plan_blocks(catalog, catalog.plan(option.plan))


def _shown(catalog: Catalog, name: str, path: Path, day: date, blocks: tuple[Block, ...]) -> Report:
    entry = catalog.entry(path)
    result: dict[str, Json] = {"name": name, "path": [str(step) for step in path], "entry": entry}
    if path[0] not in FOLDERS:
        facts = tuple(f"{key}: {_plain_text(value)}" for key, value in entry.items())
        blocks = (Bullets(f"{name} ({path[0]}, {catalog.place(path)})", facts), *blocks)
    records: tuple[Mapping[str, Json], ...] = tuple({"key": key, "value": value} for key, value in _leaves(entry))
    return Report("catalog-show", day, catalog.digest_of, {"name": name}, result, records, blocks)


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Walk the single values of an entry with their dotted paths."""
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _leaves(child, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}.{index}")
    else:
        yield path, value


def _plain_text(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain_text(child)}" for key, child in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plain_text, value))
    return _cell(value)


def _model_blocks(catalog: Catalog, sold: SoldModel) -> Iterator[Block]:
    model = sold.model
    facts = [f"place: {catalog.place(sold.path)}"]
    facts += [f"also called {', '.join(model.aliases)}"] if model.aliases else []
    facts += [f"context window {model.context_window:,} tokens"] if model.context_window else []
    facts += [f"open weights {model.open_weights}"] if model.open_weights else []
    if (cacheable := model.cacheable or (sold.seller.cacheable if sold.seller is not None else None)) is not None:
        facts.append(f"caches prompts from {cacheable.from_tokens:,} tokens on, by {cacheable.source}")
    if (added := sold.surcharge) is not None:
        share = f"{quantity(added.share * 100)} % on {added.on}"
        note = f" ({added.note})" if added.note else ""
        facts.append(f"{sold.provider} adds {share}, by {added.source}{note}")
    facts += _endings(model)
    facts += [model.note] if model.note else []
    prices = catalog.providers[sold.provider]
    facts += [f"{prices.name or sold.provider}: {prices.note}"] if prices.note else []
    if sold.contract is not None:
        until = f" to {sold.contract.until}" if sold.contract.until is not None else ""
        owed = sold.contract.commitment_usd
        committed = f", ${full_usd(owed)} a month committed" if owed is not None else ""
        place = catalog.place(("contracts", sold.provider))
        facts.append(f"contract from {sold.contract.effective}{until}{committed}: {place}")
    yield Bullets(sold.ref, tuple(facts))
    for index, price in reversed(list(enumerate(model.prices))):
        place = catalog.place((*sold.path, "prices", index))
        lines = [_price_line("standard", _rates(price))]
        lines += [_price_line(describe(when), _rates(when)) for when in price.when]
        lines += [f"{meter} is billed as {other}" for meter, other in (price.billed_as or {}).items()]
        lines += [f"{quantity(amount)} {meter} of a month are free" for meter, amount in _free(price)]
        lines += [f"source: {price.source}, {price.source.looked_at}"]
        lines += [price.note] if price.note else []
        currency = price.currency or "USD"
        title = (
            f"List prices from {price.effective} on ({place}), {currency} per million tokens, per thousand for calls"
        )
        yield Bullets(title, tuple(lines))
    yield from score_blocks(catalog, names_of(sold))


def _endings(model: Model) -> Iterator[str]:
    """Say what is known of a model's end: its successor, its last day, the last list that had it."""
    if (fact := model.superseded) is not None:
        note = f" ({fact.note})" if fact.note else ""
        yield f"superseded by {fact.by}, named since {fact.since}, by {fact.source}{note}"
    if model.retired is not None:
        yield f"retired on {model.retired}, by {model.retired_source}"
    if model.last_listed is not None:
        yield f"in no list of prices since {model.last_listed}, by {model.last_listed_source}"


_PLAIN = ("usd_per_mtok", "usd_per_thousand")  # the units that the title names


def _free(price: Price) -> Iterator[tuple[str, Decimal]]:
    yield from (price.free_per_month or {}).items()


def _price_line(condition: str, rates: dict[str, str]) -> str:
    return f"{condition}: {', '.join(f'{meter} {usd}'.strip() for meter, usd in rates.items())}"


def _rates(entry: Price | When) -> dict[str, str]:
    rates: dict[str, str] = {
        meter: full_usd(usd) if table.key in _PLAIN else f"{full_usd(usd)} per {table.unit}"
        for meter, usd, table in (*entry.rates(), *entry.own_rates())
    }
    multiply = entry.multiply if isinstance(entry, When) else None
    if isinstance(multiply, Decimal):
        rates["every token meter"] = "the same" if multiply == 1 else f"×{quantity(multiply)}"
    elif multiply is not None:
        rates |= {str(meter): f"×{quantity(factor)}" for meter, factor in multiply.items()}
    return rates


def validate_report(catalog: Catalog, findings: tuple[Finding, ...], *, as_of: date) -> Report:
    """Say what was checked and what was found."""
    counts = counted(catalog)
    checked = ", ".join(f"{number:,} {word}" for word, number in counts.items())
    verdict = how_many(len(findings), "finding") if findings else "no problems"
    records: tuple[Mapping[str, Json], ...] = tuple(
        {"level": one.level, "rule": one.rule, "place": str(one.place or ""), "message": one.message}
        for one in findings
    )
    blocks: list[Block] = [Paragraph(f"{checked}: {verdict}")]
    data: dict[str, Json] = {key.lower().replace(" ", "_"): number for key, number in counts.items()}
    return Report("catalog-validate", as_of, catalog.digest_of, {}, data, records, tuple(blocks), findings)
