"""How much of another library's price list is carried, and whether our cost is theirs: the whole list, measured.

Run where that library is installed (it is no dependency of ours), with our ``src`` on the path:

    python benchmarks/imports.py genai-prices data.json    # without the file, the installed package's data
    python benchmarks/imports.py litellm model_prices_and_context_window.json

A third argument is a file for what theirs says of each shape; so are the expected costs in tests/data/imports made.
"""

import dataclasses
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from costcalc.catalog.forms.options import ApiOption
from costcalc.catalog.forms.schema import Model
from costcalc.catalog.refresh.read import Peer, TheirFile, read_theirs
from costcalc.catalog.refresh.record import Taken
from costcalc.catalog.things import SoldModel
from costcalc.cost.api import api_estimate
from costcalc.errors import CostcalcError
from costcalc.week import Load
from costcalc.workload import Shape, Workload

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday, outside every peak
DAY = NOON.date()
MODELS, SHAPES, SEED = 500, 20, 7
PROMPTS = (80, 1_000, 8_000, 50_000, 127_999, 128_001, 199_999, 200_000, 200_001, 272_000, 272_001, 600_000)
TERMS = (*(["standard"] * 12), *(["batch"] * 3), *(["priority"] * 3), *(["flex"] * 2))
CHAT = ("chat", "completion", "responses")
NEAR = Decimal("1e-9")  # litellm works in floats


class Request(NamedTuple):
    """One request: tokens by kind, and how it is to be served."""

    prompt: int
    read: int
    written: int
    output: int
    term: str

    @property
    def workload(self) -> Workload:
        """The same as a workload of one request."""
        shape = Shape.from_usage(
            input_tokens=self.prompt,
            cache_read_tokens=self.read,
            cache_write_tokens=self.written,
            output_tokens=self.output,
        )
        tier = self.term if self.term in {"priority", "flex"} else None
        return Workload(1, (shape,), int(self.term == "batch"), tier, load=Load.at(NOON))


def requests(taken: Taken, rng: random.Random) -> Iterator[Request]:
    """Draw the shapes of one model: batch and tiers where it has such prices, output where it has any."""
    rates = taken.entry["prices"][0].get("usd_per_mtok", {})
    for wanted in TERMS:
        term = wanted if sells(taken, wanted) else "standard"
        prompt = rng.choice(PROMPTS)
        read = int(prompt * rng.choice((0, 0, 0.5, 0.9)))
        written = int((prompt - read) * rng.choice((0, 0, 0.25)))
        yield Request(prompt, read, written, rng.randrange(1, 4_000) if "output" in rates else 0, term)


def ours(taken: Taken, request: Request) -> Decimal:
    """What we say that it costs [USD]."""
    sold = SoldModel(taken.provider, taken.name, Model.model_validate(taken.entry))
    option = ApiOption(kind="api", model=sold.ref)
    return api_estimate("it", option, sold, request.workload, as_of=DAY).monthly_usd


def sells(taken: Taken, term: str) -> bool:
    """Whether theirs has a price of its own for these terms."""
    key = {"batch": ("processing", "batch")}.get(term, ("service_tier", term))
    return term == "standard" or any(when.get(key[0]) == key[1] for when in taken.entry["prices"][0].get("when", ()))


def compare(theirs: TheirFile, price: Callable[[Taken, Request], Decimal], why: Callable[..., str]) -> None:
    """Price random models and shapes with both, and say how many are equal, why the others are not compared."""
    rng = random.Random(SEED)  # noqa: S311  # a sample, no secret
    models = rng.sample(theirs.taken, min(int(os.environ.get("MODELS", MODELS)), len(theirs.taken)))
    outcome: Counter[str] = Counter()
    asked = [(taken, request) for taken in models for request in requests(taken, rng)]
    for taken, request in asked:
        outcome[_outcome(taken, request, price, why)] += 1
    if len(sys.argv) > 3:  # noqa: PLR2004
        record(Path(sys.argv[3]), [(taken, one, price(taken, one)) for taken, one in asked if not why(taken, one)])
    print(f"\n{len(models)} models × {SHAPES} shapes, seed {SEED}:")
    for words, count in outcome.most_common():
        print(f"  {count:6,}  {words}")


def record(path: Path, rows: list[tuple[Taken, Request, Decimal]]) -> None:
    """Write what theirs says of every shape, for the tests, which do without the library."""
    lines = [json.dumps([taken.theirs, *request, f"{usd:.15f}"]) for taken, request, usd in rows]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _outcome(taken: Taken, request: Request, price: Callable[..., Decimal], why: Callable[..., str]) -> str:
    reason = why(taken, request)
    if reason:
        return f"excluded: {reason}"
    try:
        mine = ours(taken, request)
    except CostcalcError as error:
        return f"excluded: ours has no answer: {re.sub(r'^[^:]*: ', '', str(error))[:40]}"
    try:
        other = price(taken, request)
    except Exception as error:  # noqa: BLE001  # whatever theirs raises is its answer
        return f"excluded: theirs has no answer: {type(error).__name__}"
    if abs(mine - other) <= NEAR * max(abs(mine), Decimal("1e-9")):
        return "equal"
    if not other:
        return "excluded: theirs has a second entry of that name, at $0, and takes it"
    if os.environ.get("SHOW"):
        print("DIFFERS", taken.theirs, request, mine, other)
    return "DIFFERENT"


def coverage(rows: Iterator[tuple[str, bool]]) -> None:
    """Say how many fields of each kind are carried with the value that theirs has."""
    total: Counter[str] = Counter()
    carried: Counter[str] = Counter()
    for kind, is_carried in rows:
        total[kind] += 1
        carried[kind] += is_carried
    for kind, count in total.items():
        print(f"  {kind:14} {carried[kind]:6,} of {count:6,}  {carried[kind] / count:7.2%}")


def rate(taken: Taken | None, meter: str, *conditions: tuple[str, object]) -> Decimal | None:
    """The rate that we took, exactly under these conditions."""
    price = taken.entry["prices"][0] if taken is not None else {}
    wanted = dict(conditions)
    for entry in (price, *price.get("when", ())) if price else ():
        here = {key: entry[key] for key in ("prompt_tokens_above", "processing", "service_tier") if key in entry}
        if "prompt_tokens_from" in entry:
            here["prompt_tokens_above"] = entry["prompt_tokens_from"]
        if here == wanted and "utc" not in entry:
            found: Decimal | None = {**entry.get("usd_per_mtok", {}), **entry.get("usd_per_thousand", {})}.get(meter)
            return found
    return None


def is_near(found: Decimal | None, value: Decimal) -> bool:
    """Whether a rate was taken with the value that theirs has, its float's noise aside."""
    return found is not None and abs(found - value) <= NEAR


LITELLM = re.compile(
    r"(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost|cache_creation_input_token_cost)"
    r"(_above_1hr|_above_12hr)?(?:_above_(\d+k?)_tokens)?(?:_(batches|priority|flex|ultrafast|balanced))?"
)
LITELLM_METERS = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
}


def litellm_fields(path: Path, theirs: TheirFile) -> Iterator[tuple[str, bool]]:
    """Walk the fields of litellm's chat models."""
    taken = {one.theirs: one for one in theirs.taken}
    by_name = {(one.provider, one.name): one for one in theirs.taken}
    for key, entry in json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal).items():
        if entry.get("mode") not in CHAT:
            continue
        one = taken.get(key) or next((by_name[at] for at in by_name if at[1] == key.split("/", 1)[-1]), None)
        for name, value in entry.items():
            match = LITELLM.fullmatch(name)
            if match is None:
                continue
            above, term = match[3], match[4]
            conditions: list[tuple[str, object]] = []
            if above:
                conditions.append(("prompt_tokens_above", int(above.rstrip("k")) * (1000 if above[-1] == "k" else 1)))
            if term:
                conditions.append(("processing", "batch") if term == "batches" else ("service_tier", term))
            found = rate(one, LITELLM_METERS[match[1] + (match[2] or "")], *conditions)
            kind = "long context" if above else "batch" if term == "batches" else "tiers" if term else ""
            meter = {"input": "input", "output": "output"}.get(match[1].split("_")[0], "cached")
            yield kind or meter, is_near(found, Decimal(value) * 10**6)


def genai_fields(path: Path, theirs: TheirFile) -> Iterator[tuple[str, bool]]:
    """Walk the prices in force of genai-prices' models that have a price per input or output token."""
    taken = {one.theirs: one for one in theirs.taken}
    meters = {"input_mtok": "input", "output_mtok": "output", "cache_read_mtok": "cache_read"}
    meters |= {"cache_write_mtok": "cache_write", "cache_write_1h_mtok": "cache_write_1h"}
    for provider in json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal):
        for model in provider["models"]:
            one = taken.get(f"{provider['id']}/{model['id']}")
            for prices, term in _in_force(model):
                for key, value in prices.items():
                    if key not in meters:
                        continue
                    steps = value["tiers"] if isinstance(value, Mapping) else []
                    base = value["base"] if isinstance(value, Mapping) else value
                    plain = {"input_mtok": "input", "output_mtok": "output"}.get(key, "cached")
                    kind = "batch" if term == ("processing", "batch") else "tiers" if term else plain
                    conditions = [term] if term else []
                    yield kind, is_near(rate(one, meters[key], *conditions), base)
                    for step in steps:
                        length = ("prompt_tokens_above", step["start"])
                        yield "long context", is_near(rate(one, meters[key], length, *conditions), step["price"])


def _in_force(model: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], tuple[str, str] | None]]:
    def begun(one: Mapping[str, Any]) -> bool:
        limit = one.get("constraint") or {}
        return "start_time" not in limit and limit.get("start_date", "") <= DAY.isoformat()

    prices = model["prices"]
    dated = [{"prices": prices}] if isinstance(prices, Mapping) else prices
    yield next(one["prices"] for one in reversed(dated) if begun(one) or one is dated[0]), None
    first: dict[tuple[str, str], dict[str, Any]] = {}  # of several, the first wins, price by price
    for variant in model.get("price_variants") or ():
        term = next(iter(variant["when"].items()))
        if term in {("service_tier", "priority"), ("service_tier", "flex"), ("processing", "batch")} and begun(variant):
            first[term] = {**variant["prices"], **first.get(term, {})}
    for term, found in first.items():
        yield found, term


def genai_data() -> Path:
    """Write the installed package's data as the ``data.json`` that its repository has."""

    def plain(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, Decimal):
            return float(value)
        if hasattr(value, "isoformat"):
            return value.isoformat()
        if type(value).__name__ == "ModelPrice":
            return {key: plain(price) for key, price in vars(value).items() if price is not None}
        if dataclasses.is_dataclass(value):
            names = [one.name for one in dataclasses.fields(value) if one.name != "extractors" and one.name[0] != "_"]
            return {one.rstrip("_"): plain(got) for one in names if (got := getattr(value, one)) is not None}
        if isinstance(value, Mapping):
            return {key: plain(one) for key, one in value.items()}
        return [plain(one) for one in value] if isinstance(value, list | tuple) else value

    path = Path(mkdtemp()) / "data.json"
    path.write_text(json.dumps(plain(import_module("genai_prices.data").providers), indent=1), encoding="utf-8")
    return path


def genai_price() -> Callable[[Taken, Request], Decimal]:
    """Give genai-prices' own calculator."""
    types = import_module("genai_prices.types")
    providers = {one.id: one for one in import_module("genai_prices.data").providers}

    def price(taken: Taken, request: Request) -> Decimal:
        provider_id, _, name = taken.theirs.partition("/")
        provider = providers[provider_id]
        model = next(one for one in provider.models if one.id == name)
        counts = {"cache_read_tokens": request.read, "cache_write_tokens": request.written}
        usage = types.Usage(input_tokens=request.prompt, output_tokens=request.output, **counts)
        context = {"batch": {"processing": "batch"}, "standard": {}}.get(request.term, {"service_tier": request.term})
        got = model.calc_price(usage, provider, genai_request_timestamp=NOON, price_context=context)
        total: Decimal = got.total_price
        return total

    return price


def litellm_price() -> Callable[[Taken, Request], Decimal]:
    """Give litellm's own calculator, at the same moment."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm = import_module("litellm")
    calculator = import_module("litellm.cost_calculator")
    costs: Any = import_module("litellm.litellm_core_utils.llm_cost_calc.utils")
    costs.current_billing_time = lambda: NOON

    def price(taken: Taken, request: Request) -> Decimal:
        details = {"cached_tokens": request.read, "cache_creation_tokens": request.written}
        usage = litellm.Usage(
            prompt_tokens=request.prompt,
            completion_tokens=request.output,
            total_tokens=request.prompt + request.output,
            prompt_tokens_details=details,
            cache_read_input_tokens=request.read,
            cache_creation_input_tokens=request.written,
        )
        provider = litellm.model_cost[taken.theirs]["litellm_provider"]
        if request.term == "batch":
            parts = calculator.batch_cost_calculator(usage, taken.theirs, provider)
        else:
            tier = None if request.term == "standard" else request.term
            parts = costs.generic_cost_per_token(taken.theirs, usage, provider, service_tier=tier)
        return sum((Decimal(part) for part in parts), Decimal(0))

    return price


LEFT: defaultdict[str, list[str]] = defaultdict(list)


def litellm_why(taken: Taken, request: Request) -> str:
    """Say why a shape is not compared with litellm."""
    price = taken.entry["prices"][0]
    whens = price.get("when", ())
    length = "prompt_tokens_above", "prompt_tokens_from"
    long = [
        when for when in whens if any(request.prompt > when.get(key, 10**9) - (key[-4:] == "from") for key in length)
    ]
    if request.term != "standard":
        own = next(when for when in whens if sells_term(when, request.term) and not any(key in when for key in length))
        used = {
            "input": request.prompt,
            "cache_read": request.read,
            "cache_write": request.written,
            "output": request.output,
        }
        priced = {meter for entry in (price, *whens) for meter in entry.get("usd_per_mtok", {})}
        for meter, tokens in used.items():
            if tokens and meter in priced and meter not in own.get("usd_per_mtok", {}):
                return "its calculator has a rule of its own where a tier or batch lacks the price of a meter"
        if long and not any(sells_term(when, request.term) for when in long):
            return "a long prompt in a tier that has no long-context price: it bills the standard tier's"
    if request.written and any(left.startswith("0 would") for left in LEFT[taken.theirs]):
        return "cache writes at $0 in theirs, as input in ours"
    if "request" in price.get("usd_per_thousand", {}):
        return "a fee per request, which its calculator of tokens leaves out"
    if taken.provider == "fireworks" and request.read and "cache_read" not in price["usd_per_mtok"]:
        return "its calculator halves input for Fireworks' cache reads; no such price in the file"
    return ""


def sells_term(when: Mapping[str, Any], term: str) -> bool:
    """Whether an entry of ``when`` is of these terms."""
    return bool(when.get("processing") == term or when.get("service_tier") == term)


def main() -> None:
    """Measure one library."""
    library = sys.argv[1]
    peer: Peer = "litellm" if library == "litellm" else "genai-prices"
    path = Path(sys.argv[2]) if len(sys.argv) > 2 else genai_data()  # noqa: PLR2004
    theirs = read_theirs(peer, path, day=DAY, checked=DAY)
    refused = [one for one in theirs.left if not one.field]
    for one in theirs.left:
        LEFT[one.model].append(one.reason)
    print(f"{peer}: {len(theirs.taken):,} models taken, {len(refused):,} refused; fields carried, of chat models:")
    if peer == "litellm":
        coverage(litellm_fields(path, theirs))
        compare(theirs, litellm_price(), litellm_why)
    else:
        coverage(genai_fields(path, theirs))
        compare(theirs, genai_price(), lambda _taken, _request: "")


if __name__ == "__main__":
    main()
