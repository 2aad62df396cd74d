"""``--own``: one's own hardware in one line; what a text becomes, what it costs, and what is refused."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Overlay

from costcalc import Catalog
from costcalc.case.inputs import ranges_of
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.forms.scalars import Interval
from costcalc.cli.own import with_own
from costcalc.cli.own_values import SETTINGS
from costcalc.cost.estimate import Estimate
from costcalc.cost.option import estimate
from costcalc.errors import InputError
from costcalc.findings import Finding
from costcalc.workload import Workload

DAY = date(2026, 11, 22)
CHAT = Workload.single(requests=100_000, input_tokens=1_000, output_tokens=300)
ALONE = "spares=0, headroom=1"  # without them the assumptions decide
PAGE = Path(__file__).parents[2] / "docs" / "own-hardware.md"


def priced(text: str, catalog: Catalog) -> Estimate:
    """Price the only option of a text."""
    own = with_own([text], catalog)
    (name,) = own.options
    return estimate(name, CHAT, own.catalog, as_of=DAY)


def problems(catalog: Catalog, *texts: str) -> list[Finding]:
    """Give what is wrong with some texts."""
    with pytest.raises(InputError) as error:
        with_own(texts, catalog)
    return [problem for problem in error.value.problems if isinstance(problem, Finding)]


@pytest.mark.parametrize(
    ("text", "name", "fields"),
    [
        ("2x RTX 4090 @ 0.34/h, model=Qwen3-30B-A3B, weights=int4", "own-2x-rtx-4090-qwen3-30b-a3b-int4",
         {"gpu": "RTX 4090", "gpus": 2, "model": "Qwen3-30B-A3B", "weights": "int4", "usd_per_gpu_hour": Decimal("0.34")}),
        ("2x RTX 4090 @ 0.34/h, tokens/s=450", "own-2x-rtx-4090",
         {"gpu": "RTX 4090", "gpus": 2, "tokens_per_s": 450, "usd_per_gpu_hour": Decimal("0.34")}),
        ("H100 SXM, model=Qwen3-32B, weights=fp8", "own-h100-sxm-qwen3-32b-fp8",
         {"gpu": "H100 SXM", "gpus": 1, "model": "Qwen3-32B", "weights": "fp8"}),
        ("8x H100 @ 2920/month, model=qwen/qwen3-32b, tp=8, spares=1, headroom=1.25", "own-8x-h100-sxm-qwen3-32b",
         {"gpu": "H100 SXM", "gpus": 8, "model": "Qwen3-32B", "tp": 8, "spares": 1, "headroom": Decimal("1.25"),
          "usd_per_gpu_hour": Decimal("0.5")}),  # $2,920 / 730 h / 8 GPUs
        ("8x H100 @ 16.50/hr total, model=Qwen3-32B, name=a", "a",
         {"gpu": "H100 SXM", "gpus": 8, "model": "Qwen3-32B", "usd_per_gpu_hour": Decimal("2.0625")}),  # 16.50 / 8
        ("8x H100 @ 2920/mo, model=Qwen3-32B, name=a", "a",
         {"gpu": "H100 SXM", "gpus": 8, "model": "Qwen3-32B", "usd_per_gpu_hour": Decimal("0.5")}),
        ("2x H100 @ 0.0004/s, model=Qwen3-32B, name=a", "a",
         {"gpu": "H100 SXM", "gpus": 2, "model": "Qwen3-32B", "usd_per_gpu_second": Decimal("0.0004")}),
        ("Apple M3 Ultra, buy=9499, model=gpt-oss-120b, weights=mxfp4", "own-apple-m3-ultra-gpt-oss-120b-mxfp4",
         {"gpu": "Apple M3 Ultra", "gpus": 1, "model": "gpt-oss-120b", "weights": "mxfp4", "tenure": "own", "usd_per_gpu": 9499}),
        ("2×4090,buy=$5,200, tokens/s=450, kw=0.4, fte=0, hours=200, replicas=3, NAME=desk", "desk",
         {"gpu": "RTX 4090", "gpus": 2, "tenure": "own", "usd_per_gpu": 2600, "tokens_per_s": 450, "gpu_kw": Decimal("0.4"),
          "people_fte": 0, "hours_per_month": 200, "replicas": 3}),  # $5,200 / 2 GPUs
        ("8xH100 @ 3 USD/hour, model=DeepSeek-R1, tp=4, dp=2, ep=8, pp=1, kv=fp8, engine=sglang, tenure=spot, autoscale=yes",
         "own-8x-h100-sxm-deepseek-r1",
         {"gpu": "H100 SXM", "gpus": 8, "model": "DeepSeek-R1", "tp": 4, "dp": 2, "ep": 8, "pp": 1, "kv": "fp8", "engine": "sglang",
          "tenure": "spot", "autoscale": True, "usd_per_gpu_hour": 3}),
        ("H100 @ 3.50/h, tokens/s=300, mig=1g.10gb, autoscale=yes, min_replicas=0, warm_s=0, cold_start_s=20 to 30, overhead=15%, name=slice",
         "slice",
         {"gpu": "H100 SXM", "gpus": 1, "tokens_per_s": 300, "usd_per_gpu_hour": Decimal("3.5"), "mig": "1g.10gb",
          "autoscale": True, "min_replicas": 0, "warm_s": 0, "cold_start_s": Interval.of(Decimal(20), Decimal(30)),
          "overhead": Decimal("0.15")}),
        ("H100, model=Qwen3-32B, weights=fp8, weights_gb=33.5, adapters=8, adapter_rank=32, name=tuned", "tuned",
         {"gpu": "H100 SXM", "gpus": 1, "model": "Qwen3-32B", "weights": "fp8", "weights_gb": Decimal("33.5"),
          "adapters": {"number": 8, "rank": 32}}),
        ("2x Some Card @ 0.50/h, tokens/s=300", "own-2x-some-card",
         {"gpus": 2, "tokens_per_s": 300, "usd_per_gpu_hour": Decimal("0.5"), "note": "the GPU is not in the catalog: Some Card"}),
    ],
)  # fmt: skip
def test_a_text_becomes_an_option_and_nothing_that_it_leaves_out(
    catalog: Catalog, text: str, name: str, fields: dict[str, Any]
) -> None:
    options = with_own([text], catalog).options
    assert list(options) == [name]
    assert options[name].model_dump(exclude_unset=True) == {"kind": "self_host", **fields}


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        (f"2x RTX 4090 @ 0.34/h, tokens/s=450, {ALONE}", "496.40"),  # 2 GPUs × 730 h × $0.34
        (f"2x RTX 4090 @ 500/month, tokens/s=450, {ALONE}", "500.00"),  # the machine's month, whatever its GPUs
        ("2x RTX 4090 @ 500/month, tokens/s=450, headroom=1, spares=2", "1500.00"),  # 3 replicas × $500
        ("2x RTX 4090 @ 500/month, tokens/s=450, replicas=2, spares=0", "1000.00"),  # 2 replicas × $500
        # 100,000 × 300 tokens ÷ 450 a second are 66,667 s = 18.5 h, in 100 paid hours: one replica, 2 × 100 h × $0.34
        (f"2x RTX 4090 @ 0.34/h, tokens/s=450, hours=100, {ALONE}", "68.00"),
    ],
)
def test_a_rent_is_paid_for_each_gpu_by_the_hour_and_for_the_machine_by_the_month(
    catalog: Catalog, text: str, usd: str
) -> None:
    assert round(priced(text, catalog).monthly_usd, 2) == Decimal(usd)


def test_a_copy_of_a_shipped_option_costs_what_it_costs(catalog: Catalog) -> None:
    shipped = catalog.options["r1-distill-32b-h100"]
    assert isinstance(shipped, SelfHostOption)
    policy = "".join(
        f", {key}={value}" for key in ("spares", "headroom") if (value := getattr(shipped, key)) is not None
    )
    text = f"H100 SXM, model=DeepSeek-R1-Distill-Qwen-32B, weights=fp8{policy}"
    same = estimate("r1-distill-32b-h100", CHAT, catalog, as_of=DAY)
    assert priced(text, catalog).monthly_usd == same.monthly_usd


def test_a_bought_machine_costs_what_the_same_option_of_a_file_costs(catalog: Catalog, overlay: Overlay) -> None:
    text = f"2x RTX 4090, buy=5,200, model=Qwen3-30B-A3B, weights=int4, {ALONE}"
    yaml = (
        "options:\n  mine: {kind: self_host, gpu: RTX 4090, gpus: 2, model: Qwen3-30B-A3B, weights: int4, tenure: own,"
        " usd_per_gpu: 2600, spares: 0, headroom: 1}\n"
    )
    assert priced(text, catalog).monthly_usd == estimate("mine", CHAT, overlay(yaml), as_of=DAY).monthly_usd


def test_a_range_stays_one(catalog: Catalog) -> None:
    texts = [
        "RTX 4090 @ 0.30/h to $0.50/h, tokens/s=400 to 500, name=a",
        "2x RTX 4090 @ 292 to 584/month, tokens/s=450, name=b",  # / 730 h / 2 GPUs: 0.2 to 0.4
        "2x RTX 4090, buy=5000 to 6000, tokens/s=450, fte=0.1 to 0.2, kw=0.3 to 0.5, name=c",
    ]
    found = [one for name, option in with_own(texts, catalog).options.items() for one in ranges_of(name, option)]
    assert {one.path: (one.low, one.high) for one in found} == {
        "a.usd_per_gpu_hour": (Decimal("0.30"), Decimal("0.50")),
        "a.tokens_per_s": (400, 500),
        "b.usd_per_gpu_hour": (Decimal("0.2"), Decimal("0.4")),
        "c.usd_per_gpu": (2500, 3000),
        "c.people_fte": (Decimal("0.1"), Decimal("0.2")),
        "c.gpu_kw": (Decimal("0.3"), Decimal("0.5")),
    }


def test_a_figure_says_that_it_is_ones_own_and_where_it_stands(catalog: Catalog) -> None:
    texts = ["L4, model=Qwen3-8B", "2x RTX 4090 @ 0.34/h, tokens/s=450"]
    own = with_own(texts, catalog)
    row = estimate("own-2x-rtx-4090", CHAT, own.catalog, as_of=DAY)
    # the second text; "2x RTX 4090 " are 12 characters
    assert (str(row.source), row.price_date) == ("your own figure, --own:2:13", DAY)
    places = [
        str(own.catalog.place(("options", "own-2x-rtx-4090", key))) for key in ("tokens_per_s", "gpus", "weights")
    ]
    assert places == ["--own:2:23", "--own:2:1", "--own:2:1"]
    assert own.catalog.entry(("options", "own-2x-rtx-4090"))["tokens_per_s"] == 450
    listed = estimate("own-l4-qwen3-8b", CHAT, own.catalog, as_of=DAY)
    assert (listed.source, listed.price_date) == _listed_l4(catalog)
    assert own.catalog.options == {**catalog.options, **own.options}


def _listed_l4(catalog: Catalog) -> tuple[Any, date]:
    gpu = catalog.gpu("L4")
    assert gpu.reference is not None
    dated = gpu.rentals[gpu.reference].price_on(DAY)
    assert dated is not None
    return dated[1].source, dated[1].effective


SERVES = "model=Qwen3-32B"
REFUSED = [
    ("", 1, "expected a GPU such as '2x RTX 4090', found nothing"),
    ("2x", 1, "expected a GPU such as '2x RTX 4090', found '2x'"),
    (f"0x H100, {SERVES}", 1, "GPUs: expected a whole number of at least 1, found '0'"),
    ("H100", 1, "nothing says what it serves: write model=NAME, or tokens/s=N as measured on all the GPUs named"),
    # the price
    (f"H100 @ 2, {SERVES}", 6, "@: a price needs one unit, found none; write 0.34/h or 0.0001/s for one GPU, or 2.72/h total or 250/month for the machine with all its GPUs"),
    (f"H100 @ 2/day, {SERVES}", 6, "@: a price needs one unit, found /day; write 0.34/h or 0.0001/s for one GPU"),
    (f"H100 @ 2/h to 900/month, {SERVES}", 6, "@: a price needs one unit, found /h and /month; write"),
    (f"8x H100, buy=250.000, {SERVES}", 10, "buy: 250.000 may be 250_000 or 250; write the one that is meant"),
    (f"H100 @ €2/h, {SERVES}", 6, "@: expected US dollars, found '€2'; convert it and write the amount alone"),
    (f"H100 @ 2 EUR/h, {SERVES}", 6, "@: expected US dollars, found '2 EUR'"),
    (f"H100 @ 2,5/h, {SERVES}", 6, "@: expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '2,5'; write 2.5"),
    (f"H100 @ 0/h, {SERVES}", 6, "@: expected an amount above 0, found 0"),
    (f"H100 @ 3/h to 2/h, {SERVES}", 6, "@: a range goes from its low to its high end, found 3 to 2"),
    (f"H100, buy=9.000€, {SERVES}", 7, "buy: expected US dollars, found '9.000€'"),
    # the settings
    (f"H100, {SERVES}, weigths=fp8", 24, "unknown key 'weigths'; expected one of: model, tokens/s, weights, weights_gb, adapters,"),
    (f"H100, {SERVES}, fp8", 24, "expected KEY=VALUE such as model=Qwen3-32B, found 'fp8'"),
    (f"H100, {SERVES},", 23, "expected KEY=VALUE such as model=Qwen3-32B, found nothing"),
    (f"H100, {SERVES}, tp=1, TP=2", 30, "TP is given twice"),
    ("H100, model=", 7, "model: expected a name, found an empty text"),
    ("H100, tokens/s=4,5", 7, "tokens/s: expected an amount such as 1e6, 1M, 1_000_000 or 2.5B, found '4,5'; write 4.5"),
    (f"H100, {SERVES}, weights=int5", 24, "weights: expected one of bf16, fp8, int8, int4, nvfp4, mxfp4, q2_k, q3_k_s, q3_k_m, q3_k_l, q4_0, q4_1, q4_k_s, q4_k_m, q5_0, q5_1, q5_k_s, q5_k_m, q6_k, q8_0, iq1_s, iq1_m, iq2_xxs, iq2_xs, iq2_s, iq2_m, iq3_xxs, iq3_xs, iq3_s, iq3_m, iq4_xs, iq4_nl, found 'int5'; did you mean 'int8' or 'int4'?"),
    (f"H100, {SERVES}, autoscale=maybe", 24, "autoscale: expected one of yes, no, found 'maybe'"),
    (f"H100, {SERVES}, tp=1.5", 24, "tp: expected a whole number of at least 1, found '1.5'"),
    (f"H100, {SERVES}, spares=-1", 24, "spares: expected an amount such as"),
    (f"H100, {SERVES}, name=my box", 24, "name: expected an id of letters, digits, '.', '-' and '_', found 'my box'"),
    # names that lead nowhere
    (f"RTX 409, {SERVES}", 1, "unknown GPU 'RTX 409'; did you mean 'RTX 4090'"),
    ("Some Card, tokens/s=300", 1, "unknown GPU 'Some Card'"),
    ("H100, model=Qwen3-33B", 7, "unknown model 'Qwen3-33B'; did you mean 'Qwen3-32B'"),
    # the ids
    (f"H100, {SERVES}, name=r1-distill-32b-h100", 24, "the catalog has 'r1-distill-32b-h100' already; give another name=ID"),
    (f"H100, {SERVES}, name=gpt-5.2", 24, "the catalog has 'gpt-5.2' already; give another name=ID"),
    (f"H100, {SERVES}, name=gpt-oss-120b", 24, "the catalog has 'gpt-oss-120b' already; give another name=ID"),  # of several providers
    # what cannot be together
    (f"H100 @ 2/h, {SERVES}, buy=9000", 6, "a machine that is bought has no rent"),
    (f"H100 @ 2/h, {SERVES}, tenure=own", 6, "a machine that is bought has no rent"),
    (f"H100, {SERVES}, buy=9000, tenure=spot", 24, "buy= is the price of a machine that is owned"),
    (f"H100, {SERVES}, kw=0.5", 24, "a rent includes the power"),
    (f"H100 @ 900/month, {SERVES}, hours=200", 36, "a price by the month pays for all its hours"),
    (f"H100 @ 900/month, {SERVES}, autoscale=yes", 36, "a price by the month is paid for the machine in any case"),
    ("Some Card, tokens/s=300, buy=900", 1, "the catalog does not have its power: write kw=N"),
    ("Apple M3 Ultra, model=gpt-oss-120b", 1, "the catalog has no rent of this GPU: write 0.34/h or 0.0001/s for one GPU"),
    ("Apple M3 Ultra, model=gpt-oss-120b, tenure=own", 1, "the catalog has no purchase price of this GPU: write buy=N"),
    (f"H100, {SERVES}, adapter_rank=32", 24, "adapter_rank= is that of adapters: write adapters=N too"),
    # what the option's form says
    (f"8x H100, {SERVES}, tp=4", 1, "own-8x-h100-sxm-qwen3-32b: tp × dp × pp is 4 × 1 × 1; a replica has 8 GPUs"),
    (f"H100, {SERVES}, replicas=2, autoscale=yes", 1, "own-h100-sxm-qwen3-32b: a fleet of fixed size does not follow the load"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "message"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_a_problem_names_its_part_what_was_found_and_what_was_expected(
    catalog: Catalog, text: str, column: int, message: str
) -> None:
    (problem,) = problems(catalog, text)
    assert problem.message.startswith(message)
    assert str(problem.place) == f"--own:1:{column}"


def test_every_problem_of_every_text_is_reported_at_once(catalog: Catalog) -> None:
    found = problems(
        catalog, "RTX 409 @ 2, model=Qwen3-33B, tp=0", "L4, model=Qwen3-8B", "8x H100, model=Qwen3-32B, tp=4"
    )
    assert [str(problem.place) for problem in found] == [
        "--own:1:9",
        "--own:1:31",
        "--own:1:1",
        "--own:1:14",
        "--own:3:1",
    ]


def test_an_unknown_name_says_what_to_do_next(catalog: Catalog) -> None:
    gpu, model, key = problems(catalog, "RTX 409, model=Qwen3-33B", "L4, modle=Qwen3-8B, tokens/s=9")
    assert "costcalc catalog list gpus names them all; for another, give the option a measured" in gpu.message
    assert gpu.message.endswith("(--own: tokens/s=), or costcalc catalog add gpu")
    assert "costcalc catalog list open-models names them all; for another, give the option a measured" in model.message
    assert key.help == "did you mean 'model'?"


def test_two_texts_do_not_share_an_id(catalog: Catalog) -> None:
    (problem,) = problems(catalog, "H100 @ 2/h, tokens/s=9", "H100 @ 3/h, tokens/s=9")
    assert problem.message == "two machines are called 'own-h100-sxm'; give one of them another name=ID"
    assert str(problem.place) == "--own:2:1"
    assert list(with_own(["H100 @ 2/h, tokens/s=9", "H100 @ 3/h, tokens/s=9, name=dear"], catalog).options) == [
        "own-h100-sxm",
        "dear",
    ]


def test_a_line_break_of_a_script_is_a_space(catalog: Catalog) -> None:
    texts = ["H100,\n  model=Qwen3-32B,\n\tweights=fp8", "L4, model=Qwen3-8B, tp=0"]
    (problem,) = problems(catalog, *texts)
    assert problem.place is not None
    assert str(problem.place) == "--own:2:21"  # the second text, after the 20 characters "L4, model=Qwen3-8B, "
    assert problem.place.document.text.splitlines()[1] == texts[1]  # the line that is shown above the caret
    assert list(with_own(texts[:1], catalog).options) == ["own-h100-sxm-qwen3-32b-fp8"]


def test_the_pages_texts_become_the_options_beside_them(catalog: Catalog, overlay: Overlay) -> None:
    (yaml,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    texts = re.findall(r'# --own "(.*)"', yaml)
    options = with_own(texts, catalog).options
    written = overlay(yaml).options
    assert len(texts) == len(written) - len(catalog.options) == 7
    assert {name: written[name].model_dump() for name in options} == {
        name: option.model_dump() for name, option in options.items()
    }


def test_the_page_explains_every_key() -> None:
    text = PAGE.read_text()
    assert [key for key in SETTINGS if f"`{key}=" not in text] == []


ON = ("--as-of", "2026-11-22")
MEASURED = "2x H100, model=Qwen3-32B, weights=fp8, tokens/s={}, name=measured"


@pytest.mark.parametrize(
    ("tokens_per_s", "said"),
    [  # predicted: 2,594 (2,204 to 3,052)
        ("1900", "the stated 1,900 tokens/s are below the 80 % interval of the prediction (2,594; 2,204 to 3,052)"),
        ("19000", "the stated 19,000 tokens/s are above the 80 % interval"),
        ("2500", ""),
        ("1900 to 2400", ""),  # it may be what is predicted
    ],
)
def test_a_throughput_far_from_the_prediction_is_said(tokens_per_s: str, said: str, cli: Cli) -> None:
    own = MEASURED.format(tokens_per_s)
    run = cli("compare", "--tokens", "1e9", "--own", own, "--options", "gpt-5.2-api", *ON, "--format", "json")
    (found,) = [one for one in json.loads(run.out)["result"]["estimates"] if one["option"] == "measured"]
    caveats = [text for text in found["caveats"] if "the stated" in text]
    assert [text[: len(said)] for text in caveats] == ([said] if said else [])


def test_a_throughput_of_what_does_not_fit_is_taken_at_its_word(cli: Cli) -> None:
    own = "1x RTX 4090, model=Qwen3-235B-A22B, tokens/s=100, name=measured"
    run = cli("compare", "--tokens", "1e9", "--own", own, "--options", "gpt-5.2-api", *ON)
    assert (run.status, "the stated" in run.out) == (0, False)


def test_naming_what_own_describes_is_one_option(cli: Cli) -> None:
    own = MEASURED.format(2500)
    traffic = ("--tokens", "1e9", "--own", own, *ON)
    assert cli("tco", "measured", *traffic).out == cli("tco", *traffic).out


def test_own_hardware_is_the_side_to_build(cli: Cli) -> None:
    own = ("--own", MEASURED.format(2500), "--buy", "gpt-5.2-api", *ON)
    assert cli("breakeven", *own).out == cli("breakeven", "--build", "measured", *own).out != ""
    run = cli("breakeven", *own, "--own", MEASURED.format(2500).replace("measured", "other"))
    assert "--own describes measured, other; say with --build which is compared with --buy" in run.err
    assert "--buy is one side; give --build or --own as well" in cli("breakeven", "--buy", "gpt-5.2-api").err
