"""What a mix of options costs, and which mixes are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import Cli, Overlay

from costcalc import Catalog, Estimate, Shape, Workload, estimate
from costcalc.catalog.forms.options import BlendOption
from costcalc.cost.blend import parts_of
from costcalc.cost.option import cost_curve
from costcalc.errors import InputError, UnsuitableError

TODAY = date(2026, 11, 22)
QUOTE = "source: {title: a quote, checked: 2026-11-01}"
# a request of 2,000 tokens in and 1,000 out: $0.035 on the strong model, $0.0012 on the weak one
ACME = f"""
api:
  acme:
    provider: acme
    models:
      strong: {{prices: [{{effective: 2026-01-01, usd_per_mtok: {{input: 5, output: 25}}, {QUOTE}}}]}}
      weak:
        retired: 2026-11-01
        retired_source: {{title: a letter, checked: 2026-11-01}}
        prices: [{{effective: 2026-02-01, usd_per_mtok: {{input: 0.1, output: 1}}, source: {{title: old, checked: 2026-10-01}}}}]
options:
  own: {{kind: self_host, tokens_per_s: 100, usd_per_gpu_hour: 2, spares: 0, headroom: 1, {QUOTE}}}
  published: {{kind: rate, side: build, usd_per_mtok: {{output: 0.5}}, effective: 2026-03-01, {QUOTE}}}
  routed: {{kind: blend, routes: [{{option: acme/strong, share: 0.1}}, {{option: acme/weak, share: 0.9}}]}}
  rest: {{kind: blend, routes: [{{option: acme/strong, share: 0.05 to 0.2}}, {{option: acme/weak}}], router_usd_per_million_requests: 0}}
  resized: {{kind: blend, routes: [{{option: acme/strong, share: 0.1, input_times: 3, output_times: 0.5}}, {{option: acme/weak, share: 0.9}}], router_usd_per_million_requests: 10}}
  reshaped: {{kind: blend, routes: [{{option: acme/strong, share: 0.1, shapes: [{{share: 0.5, output_tokens: 100}}, {{share: 0.5, output_tokens: 300}}]}}, {{option: acme/weak, share: 0.9}}], router_usd_per_million_requests: 0}}
  escalated: {{kind: blend, escalation: {{first: acme/weak, then: acme/strong}}}}
  half: {{kind: blend, escalation: {{first: acme/weak, then: acme/strong, rate: 0.5, input_times: 2, output_times: 0.5}}}}
  never: {{kind: blend, escalation: {{first: acme/weak, then: acme/strong, rate: 0}}}}
  always: {{kind: blend, escalation: {{first: acme/weak, then: acme/strong, rate: 1}}}}
  hosted: {{kind: blend, routes: [{{option: acme/strong, share: 0.1}}, {{option: own, share: 0.9}}]}}
  unserved: {{kind: blend, routes: [{{option: own, share: 0}}, {{option: acme/weak, share: 1}}]}}
  of-a-rate: {{kind: blend, routes: [{{option: acme/strong, share: 0.1}}, {{option: published, share: 0.9}}]}}
"""
MONTH = Workload.single(requests=1_000_000, input_tokens=2_000, output_tokens=1_000)


@pytest.fixture
def acme(overlay: Overlay) -> Catalog:
    return overlay(ACME)


def priced(option: str, acme: Catalog, workload: Workload = MONTH) -> Estimate:
    return estimate(option, workload, acme, as_of=TODAY)


@pytest.mark.parametrize(
    ("option", "usd"),
    [
        ("routed", "4583.20"),  # 100,000 × $0.035 + 900,000 × $0.0012 + $3.20 of the router
        ("rest", "4580.00"),  # the median of 0.05 to 0.2 is 0.1; 0.9 are left; no router
        # 100,000 × (6,000 × $5 + 500 × $25) per Mtok = $4,250; $1,080; $10
        ("resized", "5340.00"),
        # 100,000 × 200 tokens × $25 per Mtok = $500; $1,080
        ("reshaped", "1580.00"),
        ("escalated", "2670.00"),  # all on the weak model, $1,200, and 4.2 % on the strong one as well, $1,470
        # $1,200, and half of them at 4,000 tokens in and 500 out: 500,000 × $0.0325
        ("half", "17450.00"),
        ("never", "1200.00"),
        ("always", "36200.00"),
        ("unserved", "1203.20"),  # a deployment without requests is not paid for
    ],
)
def test_every_part_is_priced_with_its_own_requests(option: str, usd: str, acme: Catalog) -> None:
    assert priced(option, acme).monthly_usd == Decimal(usd)


def test_a_line_says_which_route_it_is_of(acme: Catalog) -> None:
    assert [(line.item, line.usd) for line in priced("routed", acme).lines] == [
        ("10 %, acme/strong: input", 1_000),
        ("10 %, acme/strong: output", 2_500),
        ("90 %, acme/weak: input", 180),
        ("90 %, acme/weak: output", 900),
        ("router", Decimal("3.2")),
    ]
    assert [line.item for line in priced("escalated", acme).lines] == [
        "first, every request, acme/weak: input",
        "first, every request, acme/weak: output",
        "then, 4.2 % of them again, acme/strong: input",
        "then, 4.2 % of them again, acme/strong: output",
    ]


def test_a_deployment_is_sized_for_its_share_alone(acme: Catalog) -> None:
    # 100 tokens/s × 730 × 3,600 s ÷ 1,000 tokens = 262,800 requests; 900,000 of them need 4 replicas, all of them 4 as well
    lines = {line.item: line for line in priced("hosted", acme).lines}
    used = lines["90 %, own: GPU rent, in use"].amount + lines["90 %, own: GPU rent, idle"].amount
    assert used == 4 * 730
    smaller = {line.item: line for line in priced("hosted", acme, replace(MONTH, requests=580_000)).lines}
    # 522,000 of 580,000 requests: 2 replicas, where all of them would need 3
    assert smaller["90 %, own: GPU rent, in use"].amount + smaller["90 %, own: GPU rent, idle"].amount == 2 * 730
    # 900,000 ÷ 262,800 = 3.42 of 4
    assert "own is sized for its share: 4 GPUs, 86 % in use" in priced("hosted", acme).caveats
    assert (
        "own is sized for its share: 1 GPU, 34 % in use"
        in priced("hosted", acme, replace(MONTH, requests=100_000)).caveats
    )
    assert priced("hosted", acme).side == "build"


def test_a_blend_is_as_old_and_as_sound_as_its_parts(acme: Catalog) -> None:
    one = priced("routed", acme)
    assert (one.kind, one.side, one.price_date, one.retired) == ("blend", "buy", date(2026, 2, 1), date(2026, 11, 1))
    assert one.source.title == "old"  # the one that nobody has looked at for longest
    assert one.assumptions == ("router_overhead",)
    assert priced("escalated", acme).assumptions == ("escalation_rate",)
    assert priced("half", acme).assumptions == ()
    assert priced("of-a-rate", acme).unfit == "part"  # the published rate leaves out the input
    assert "published is a published figure that nobody sells, and so is its part of this sum" in (
        priced("of-a-rate", acme).caveats
    )
    assert one.caveats == (
        "routed by share of the requests; whether each route serves its share well enough is not in this figure",
        "acme/weak: retired by acme on 2026-11-01: cannot be bought any more",
    )


def test_an_escalation_says_who_pays_twice(acme: Catalog) -> None:
    said = "escalation: {} of the requests are sent on and pay both attempts; the rate is for you to measure"
    assert priced("escalated", acme).caveats[0] == said.format("4.2 %")
    assert priced("never", acme).caveats[0] == said.format("none")


def test_sizes_of_a_route_keep_what_is_cached_and_what_is_called(acme: Catalog) -> None:
    shape = Shape.of(input_tokens=1_000, cached_share=0.5, output_tokens=10, web_searches=2)
    option = acme.options["resized"]
    assert isinstance(option, BlendOption)
    first = parts_of(option, Workload(7, (shape,)), acme)[0]
    assert first.workload.shapes[0].tokens == {"input": 1_500, "cache_read": 1_500, "output": 5}
    assert first.workload.shapes[0].units == {"web_search": 2}
    assert first.workload.requests == Fraction(7, 10)


def test_a_routers_own_price_is_shown_with_its_place(acme: Catalog) -> None:
    line = priced("resized", acme).lines[-1]
    assert (line.item, line.unit, line.unit_price_usd, line.usd) == ("router", "M requests", Decimal(10), Decimal(10))
    assert str(line.source).startswith("your own figure, ")
    assert priced("rest", acme).lines[-1].item != "router"


def test_blends_made_in_python_are_not_nested_either(acme: Catalog) -> None:
    nested = BlendOption.model_validate({"kind": "blend", "routes": [{"option": "routed", "share": 1}]})
    known = replace(acme, options={**acme.options, "nested": nested})
    for ask in (estimate, cost_curve):
        with pytest.raises(UnsuitableError, match="'routed' is a blend itself; name the options that it is made of"):
            ask("nested", MONTH, known, as_of=TODAY)


@pytest.mark.parametrize(
    ("blend", "message"),
    [
        ("routes: [{option: a, share: 0.1}, {option: b, share: 0.8}]", "the shares of the routes sum to 0.9; expected 1"),
        ("routes: [{option: a, share: 0.4}, {option: b, share: 0.60001}]", "sum to 1.00001; expected 1"),
        ("routes: [{option: a, share: 0.1 to 0.3}, {option: b, share: 0.8}]", "with a range, leave one share out: it takes the rest"),
        ("routes: [{option: a}, {option: b}]", "2 routes without a share; at most one takes what the others leave"),
        ("routes: [{option: a, share: 0.5 to 0.7}, {option: c, share: 0.4}, {option: b}]", "sum to as much as 1.1; expected at most 1"),
        ("routes: [{option: a, share: 0.5}, {option: a, share: 0.5}]", "'a' is on two routes; add up its shares"),
        ("routes: []", "expected at least one entry, found none"),
        ("routes: [{option: a, share: 1, input_times: 2, shapes: [{output_tokens: 1}]}]", "give shapes of its own, or input_times and output_times"),
        ("routes: [{option: a, share: 1, shapes: [{output_tokens: 1}, {output_tokens: 2}]}]", "2 of them without a share"),
        ("routes: [{option: a, share: 1, shapes: [{share: 0.5, output_tokens: 1}, {share: 0.4, output_tokens: 2}]}]", "the shares of the shapes sum to 0.9"),
        ("routes: [{option: a, share: 1.2}]", "expected a share from 0 to 1, found 1.2"),
        ("note: nothing", "give routes with shares, or an escalation; not both, and not neither"),
        ("routes: [{option: a, share: 1}], escalation: {first: a, then: b}", "not both, and not neither"),
        ("escalation: {first: a, then: a}", "an escalation leads to another option; first and then are both 'a'"),
        ("escalation: {first: a, then: b, rate: 3 to 4}", "expected a share from 0 to 1, found 3"),
    ],
)  # fmt: skip
def test_a_blend_that_does_not_add_up_is_refused(blend: str, message: str, overlay: Overlay) -> None:
    with pytest.raises(InputError) as found:
        overlay(f"options:\n  x: {{kind: blend, {blend}}}")
    assert message in str(found.value)


@pytest.mark.parametrize(
    ("blend", "message"),
    [
        ("routes: [{option: gpt-5.2-ap, share: 1}]", "options.x.routes.0.option: unknown option 'gpt-5.2-ap'"),
        ("escalation: {first: gpt-5.4, then: claude-opus-4.6-apy}", "options.x.escalation.then: unknown option"),
        ("escalation: {first: x, then: gpt-5.4}", "'x' is this blend itself; name another option"),
        ("routes: [{option: r1-base-opus-4.6-premium, share: 1}]", "is a blend itself; name the options that it is made of"),
    ],
)  # fmt: skip
def test_a_route_that_leads_nowhere_or_to_a_blend_is_refused_with_its_place(
    blend: str, message: str, cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "costcalc.yaml").write_text(f"options:\n  x: {{kind: blend, {blend}}}\n")
    run = cli("compare", "--tokens", "1e6", "--as-of", "2026-11-22")
    assert run.status == 2
    assert message in " ".join(run.err.split())
    assert "costcalc.yaml:2:" in run.err


def test_the_missions_blend_is_shipped(catalog: Catalog) -> None:
    # a million output tokens: 10 % at $25 per Mtok = $2.50, 90 % hosted at $0.30 = $0.27; 1,000 requests are routed
    month = Workload.single(requests=1_000, output_tokens=1_000)
    assert estimate("opus-4.6-10-r1-32b-hosted-90", month, catalog, as_of=TODAY).monthly_usd == Decimal("2.7732")
    # with a GPU of one's own, $2.69 × 730 h, whatever it serves
    own = estimate("opus-4.6-10-r1-32b-h100-90", month, catalog, as_of=TODAY).monthly_usd
    assert own == Decimal("2.5032") + Decimal("1963.70")
