"""Layers, merging, and what is wrong with a file: where, what, and what it should be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Overlay

from costcalc import Catalog, InputError, UnknownNameError, load_catalog
from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.kinds import CATALOG_KEYS
from costcalc.catalog.forms.schema import Source
from costcalc.catalog.layers import load
from costcalc.catalog.layers.load import load_layers
from costcalc.catalog.layers.stack import Layer, layers_in_force
from costcalc.catalog.validate import validate
from costcalc.errors import AmbiguousNameError, CostcalcError
from costcalc.files import parse_yaml
from costcalc.findings import Document, Finding

NEW_MODEL = """
provider: acme
models:
  acme-1:
    prices:
      - effective: 2026-01-01
        usd_per_mtok: {input: 1.00, output: 2.00}
        source: {url: https://acme.example/pricing, checked: 2026-11-01}
"""


def problems(*paths: Path) -> list[str]:
    """Load files over the shipped catalog, which must fail, and give every finding with its place."""
    with pytest.raises(InputError) as caught:
        load_catalog(*paths)
    findings = [problem for problem in caught.value.problems if isinstance(problem, Finding)]
    found = []
    for finding in findings:
        place = (
            f"{Path(finding.place.document.name).name}:{finding.place.line}:{finding.place.column}: "
            if finding.place
            else ""
        )
        found.append(f"{place}{finding.message}{f' [{finding.help}]' if finding.help else ''}")
    return found


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_a_new_provider(overlay: Overlay) -> None:
    sold = overlay(NEW_MODEL).sold_model("acme-1")
    assert (sold.ref, sold.price_on(date(2026, 1, 1))[1].usd_per_mtok) == (
        "acme/acme-1",
        {"input": Decimal("1.00"), "output": Decimal("2.00")},
    )


def test_an_override_changes_its_one_field_and_null_removes_one(overlay: Overlay) -> None:
    catalog = overlay(
        """
api:
  openai:
    models:
      gpt-5.2:
        context_window: null
        prices:
          - effective: 2025-12-11
            usd_per_mtok: {output: 12.00}
"""
    )
    model = catalog.sold_model("openai/gpt-5.2").model
    shipped = load_catalog().sold_model("openai/gpt-5.2").model
    assert model.context_window is None
    assert shipped.context_window == 400_000
    assert model.prices[0].usd_per_mtok == {**(shipped.prices[0].usd_per_mtok or {}), "output": Decimal("12.00")}
    title = str(model.prices[0].source)  # the override is the user's, not the vendor's
    assert title.endswith("overlay.yaml:8, over https://developers.openai.com/api/docs/pricing")
    assert model.prices[0].source.checked == shipped.prices[0].source.checked


def test_a_dated_price_of_ones_own_is_one_more_entry(overlay: Overlay) -> None:
    catalog = overlay(
        """
api:
  openai:
    models:
      gpt-5.2:
        prices:
          - effective: 2026-12-01
            usd_per_mtok: {input: 1.00, output: 10.00}
            source: {title: Announced by mail, checked: 2026-11-20}
"""
    )
    days = [price.effective for price in catalog.sold_model("gpt-5.2").model.prices]
    assert days == [date(2025, 12, 11), date(2026, 12, 1)]


def test_later_layers_win(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", "headline: [gpt-5.2-api]\noptions: {mine: {kind: api, model: openai/gpt-5.2}}")
    second = written(tmp_path / "dir" / "options.yaml", "options: {mine: {model: openai/gpt-5.4}}").parent
    written(second / "api" / "acme.yaml", NEW_MODEL)
    catalog = load_catalog(first, second)
    option = catalog.option("mine").option
    assert option.kind == "api"
    assert option.model == "openai/gpt-5.4"
    assert catalog.headline == ("gpt-5.2-api",)
    assert catalog.place(("options", "mine", "model")).document.name.endswith("dir/options.yaml")
    assert catalog.place(("options", "mine", "kind")).document.name.endswith("a.yaml")
    assert "acme" in catalog.providers
    assert len(catalog.providers) == len(list(catalog.providers)) == len(list(load_catalog().providers)) + 1


def test_the_layers_in_force_stand_lowest_first(tmp_path: Path) -> None:
    project = written(tmp_path / "repo" / "costcalc.yaml", "workloads: {}")
    (tmp_path / "config" / "costcalc").mkdir(parents=True)
    below = tmp_path / "repo" / "deep" / "er"
    below.mkdir(parents=True)
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "COSTCALC_CATALOG": "team.yaml"}
    layers = layers_in_force(cwd=below, env=env, catalog=["mine.yaml", "last.yaml"])
    assert [layer.name for layer in layers] == ["user", "project", "$COSTCALC_CATALOG", "--catalog", "--catalog"]
    assert [layer.shown for layer in layers[3:]] == ["mine.yaml", "last.yaml"]
    assert layers[1].path == project
    assert layers[1].shown == "costcalc.yaml"
    assert [layer.name for layer in layers_in_force(cwd=tmp_path, env={"HOME": str(tmp_path)})] == []
    assert [layer.shown for layer in layers_in_force(cwd=below, env={}, project="x.yaml")] == ["x.yaml"]


def test_the_user_layer_is_found_under_home(tmp_path: Path) -> None:
    (tmp_path / ".config" / "costcalc").mkdir(parents=True)
    assert [layer.name for layer in layers_in_force(cwd=tmp_path, env={"HOME": str(tmp_path)})] == ["user"]


def test_what_else_a_project_file_says_is_handed_on(tmp_path: Path) -> None:
    path = written(tmp_path / "costcalc.yaml", "workloads: {a: 1}\nheadline: [gpt-5.2-api]")
    loaded = load_layers([Layer("project", path, "costcalc.yaml")])
    assert loaded.project is not None
    assert loaded.project.plain() == {"workloads": {"a": 1}}
    assert load_catalog(path).headline == ("gpt-5.2-api",)


def test_every_project_file_is_checked_and_not_only_the_first(tmp_path: Path) -> None:
    paths = [written(tmp_path / name, f"workloads: {{{name[0]}: {{}}}}") for name in ("a.yaml", "b.yaml")]
    seen: list[object] = []
    load_layers(
        [Layer("project", path, path.name) for path in paths], check_project=lambda rest: seen.append(rest.plain())
    )
    assert seen == [{"workloads": {"a": {}}}, {"workloads": {"b": {}}}]


def test_a_null_must_remove_something_and_a_day_stands_once(tmp_path: Path) -> None:
    price = "effective: 2025-12-11, usd_per_mtok: {output: 1}"
    text = f"contracts: {{openai: }}\napi: {{openai: {{models: {{gpt-5.22: null, gpt-5.2: {{prices: [{{{price}}}, {{{price}}}]}}}}}}}}"
    assert problems(written(tmp_path / "x.yaml", text)) == [
        "x.yaml:1:13: openai: nothing stands here, and no lower layer has it to be removed",
        "x.yaml:2:25: gpt-5.22: nothing stands here, and no lower layer has it to be removed [did you mean 'gpt-5.2' or 'gpt-5.5' or 'gpt-5.4'?]",
        "x.yaml:2:112: prices: a second entry of 2025-12-11",
    ]  # fmt: skip


def test_an_undated_price_of_an_overlay_is_not_lost(tmp_path: Path) -> None:
    text = "api: {openai: {models: {gpt-5.2: {prices: [{usd_per_mtok: {output: 1}}, {usd_per_mtok: {output: 2}}]}}}}"
    found = problems(written(tmp_path / "x.yaml", text))
    assert [message for message in found if "missing key 'effective'" in message] == [
        "x.yaml:1:44: models.gpt-5.2.prices.1: missing key 'effective'",
        "x.yaml:1:73: models.gpt-5.2.prices.2: missing key 'effective'",
    ]


def test_a_file_that_cannot_be_read_hides_no_other_problem(tmp_path: Path) -> None:
    files = [
        written(tmp_path / "a.yaml", "headline: [1, 2"),
        written(tmp_path / "b.yaml", "headlin: []"),
        tmp_path / "gone.yaml",
    ]
    files.append(written(tmp_path / "d" / "contract.yml", "contracts: {}").parent)
    written(tmp_path / "d" / "options.yaml", "options: {a: 1")
    written(tmp_path / "d" / "api" / "acme.yaml", "models: [")
    messages = problems(*files)
    assert len(messages) == 6
    assert "contract.yml: not part of a catalog; expected one of: options.yaml, assumptions.yaml" in messages[3]


def test_what_a_folder_holds_in_vain_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "contracts.yaml", "contracts: {}")
    written(tmp_path / "api" / "openai.yml", "provider: openai")
    written(tmp_path / "API" / "openai.yaml", "provider: openai")
    written(tmp_path / "README.md", "")
    assert [message.split(": ", 1)[1] for message in problems(tmp_path)] == [
        "not part of a catalog; expected one of: api, models, gpus, plans [did you mean 'api'?]",
        "not part of a catalog; expected one of: options.yaml, assumptions.yaml, quality.yaml, rules.yaml, kinds.yaml, tokens.yaml, measurements.yaml, exchange_rates.yaml, contracts.yaml, evaluations.yaml",
        "not part of a catalog; expected one of: openai.yaml [did you mean 'openai.yaml'?]",
    ]


def test_a_folder_is_read_whole_whatever_its_files_are_called(tmp_path: Path) -> None:
    terms = "{discount: 0.5, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}"
    written(tmp_path / "ours.yaml", f"contracts: {{openai: {terms}}}\nheadline: [gpt-5.2-api]")
    written(tmp_path / "contracts.yaml", f"contracts: {{google: {terms}}}")
    written(tmp_path / "sold.yaml", "provider: acme\nmodels: {a: {prices: [{effective: 2026-01-01, usd_per_mtok: {output: 1}, source: {title: t, checked: 2026-01-01}}]}}")  # fmt: skip
    catalog = load_catalog(tmp_path)
    assert sorted(catalog.contracts) == ["google", "openai"]
    assert "acme" in catalog.providers
    written(tmp_path / "yours.yaml", f"contracts: {{openai: {terms}}}\nheadline: []\nworkloads: {{}}")
    assert [message.split(": ", 1)[1] for message in problems(tmp_path)] == [
        "unknown key 'workloads'; expected one of: " + ", ".join(CATALOG_KEYS),
        f"contracts.openai stands in {tmp_path}/ours.yaml too; give it once",
        f"headline stands in {tmp_path}/ours.yaml too; give it once",
    ]


def test_a_contract_names_a_model_of_its_provider_once(tmp_path: Path) -> None:
    terms = "{usd_per_mtok: {output: 9}}"
    text = (
        "contracts: {openai: {effective: 2026-01-01, source: {title: t, checked: 2026-01-01}, models: "
        f"{{gpt-oss-safeguard-20b: {terms}, gpt-5.2: {terms}, gpt-5.2-2025-12-11: {terms}}}}}}}"
    )
    found = problems(written(tmp_path / "x.yaml", text))
    assert len(found) == 2
    assert "unknown model 'gpt-oss-safeguard-20b' of openai" in found[0]
    assert "'gpt-5.2-2025-12-11' and 'gpt-5.2' are one model; give its prices once" in found[1]


def test_a_project_file_may_be_called_yml_and_a_dangling_one_is_an_error(tmp_path: Path) -> None:
    written(tmp_path / "a" / "costcalc.yml", "headline: [gpt-5.2-api]")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "costcalc.yaml").symlink_to("gone.yaml")
    (layer,) = layers_in_force(cwd=tmp_path / "a", env={})
    assert load_layers([layer]).catalog.headline == ("gpt-5.2-api",)
    with pytest.raises(InputError, match=r"costcalc\.yaml: cannot be read: No such file"):
        load_layers(layers_in_force(cwd=tmp_path / "b", env={}))


def test_an_empty_user_layer_is_none(tmp_path: Path) -> None:
    assert load_layers([Layer("user", tmp_path, "user")]).catalog.digest_of() == load_catalog().digest_of()


BAD_PRICES = """
provider: acme
models:
  acme-1:
    contxt_window: 10
    prices:
      - effective: 2026-13-01
        usd_per_mtok: {inptu: 1, input: NO, output: -1, cache_read: .nan, cache_write: .inf, reasoning: on}
        when:
          - {utc: 12:30, multiply: 0}
          - {region: eu, multiply: {output: 2, outptu: 2}}
          - {processing: bacth, usd_per_mtok: {input: "$3"}}
          - {usd_per_mtok: {input: 1}}
          - {region: eu}
          - {region: eu, prompt_tokens_above: 1, prompt_tokens_from: 1, multiply: 2}
          - {weekdays: mon, multiply: 2}
          - {weekdays: [mondy], multiply: 2}
          - {utc: [], multiply: 2}
          - {prompt_tokens_above: 1.5, multiply: 1,5}
        source: {url: example.com, checked: yesterday}
  acme-2:
    prices: []
  acme-3: 7
  acme-4:
    aliases: [4.10]
    retired: 2026-01-01
    prices:
      - {effective: 2026-02-01, usd_per_mtok: {input: 1}, source: {checked: 2026-01-01}}
      - {effective: 2026-01-01, billed_as: {output: input}, source: {title: "", checked: 2026-01-01}}
      - {effective: 2026-03-01, usd_per_mtok: {input: 1}, source: {title: T, checked: 2026-01-01, seen: 2026-01-02}}
"""


METERS = (
    "input, cache_read, cache_write, cache_write_1h, cache_write_12h, input_audio, cache_read_audio, input_image, "
    "cache_read_image, input_video, output, reasoning, output_audio, output_image"
)
TABLES = (
    "usd_per_mtok, usd_per_thousand, usd_per_second, usd_per_minute, usd_per_hour, usd_per_million_characters, "
    "usd_per_mtok_hour"
)
PRICE = "models.acme-1.prices.0"
EXPECTED = [
    "x.yaml:19:52: a comma parts entries here: write 1.5, found 1,5",
    f"x.yaml:8:24: {PRICE}.usd_per_mtok: unknown key 'inptu'; expected one of: {METERS} [did you mean 'input'?]",
    f"x.yaml:8:41: {PRICE}.usd_per_mtok.input: expected a number, found text 'NO'",
    f"x.yaml:8:53: {PRICE}.usd_per_mtok.output: expected a number of at least 0, found -1",
    f"x.yaml:8:69: {PRICE}.usd_per_mtok.cache_read: expected a finite number, found .nan",
    f"x.yaml:8:88: {PRICE}.usd_per_mtok.cache_write: expected a finite number, found .inf, or a number of more than 30 digits",
    f"x.yaml:8:105: {PRICE}.usd_per_mtok.reasoning: expected a number, found text 'on'",
    f"x.yaml:7:20: {PRICE}.effective: expected a day such as 2026-11-22, found text '2026-13-01'",
    f"x.yaml:20:23: {PRICE}.source.url: expected an address that begins with https://, found 'example.com'",
    f"x.yaml:20:45: {PRICE}.source.checked: expected a day such as 2026-11-22, found text 'yesterday'",
    f"x.yaml:10:19: {PRICE}.when.0.utc: expected two UTC times such as \"01:00-04:00\", found '12:30'",
    f"x.yaml:10:36: {PRICE}.when.0.multiply: expected a number above 0, found 0",
    f"x.yaml:11:48: {PRICE}.when.1.multiply: unknown key 'outptu'; expected one of: {METERS} [did you mean 'output'?]",
    f"x.yaml:12:55: {PRICE}.when.2.usd_per_mtok.input: expected a number, found text '$3'; write 3 without quotes or currency sign",
    f"x.yaml:12:26: {PRICE}.when.2.processing: expected 'batch', found text 'bacth' [did you mean 'batch'?]",
    f"x.yaml:13:13: {PRICE}.when.3: an entry of 'when' needs a condition: prompt_tokens_above, prompt_tokens_from, processing, service_tier, region, region_other_than, weekdays, utc",
    f"x.yaml:14:13: {PRICE}.when.4: an entry of 'when' needs {TABLES} or multiply",
    f"x.yaml:15:13: {PRICE}.when.5: give prompt_tokens_above (more than) or prompt_tokens_from (that many or more), not both",
    f"x.yaml:16:24: {PRICE}.when.6.weekdays: expected a list, found text 'mon'",
    f"x.yaml:17:25: {PRICE}.when.7.weekdays.0: expected 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun', found text 'mondy' [did you mean 'mon'?]",
    f'x.yaml:18:14: {PRICE}.when.8.utc: expected UTC hours such as "01:00-04:00", found an empty list',
    f"x.yaml:19:35: {PRICE}.when.9.prompt_tokens_above: expected a whole number, found 1.5",
    "x.yaml:5:5: models.acme-1: unknown key 'contxt_window'; expected one of: aliases, context_window, open_weights, cacheable, reads, tools, superseded, retired, retired_source, last_listed, last_listed_source, prices, note [did you mean 'context_window'?]",
    "x.yaml:22:5: models.acme-2.prices: expected at least one entry, found none",
    "x.yaml:23:11: models.acme-3: expected a mapping, found the number 7",
    'x.yaml:25:15: models.acme-4.aliases.0: expected text, found the number 4.10; quote it: "4.10"',
    "x.yaml:28:59: models.acme-4.prices.0.source: a source needs a url or, where there is none, a title",
    "x.yaml:29:77: models.acme-4.prices.1.source.title: expected text, found an empty text",
    "x.yaml:30:59: models.acme-4.prices.2.source: seen on 2026-01-02, which is after it was checked, on 2026-01-01",
]  # fmt: skip


def test_every_problem_of_a_price_list_is_named_at_its_place(tmp_path: Path) -> None:
    assert problems(written(tmp_path / "x.yaml", BAD_PRICES)) == EXPECTED


def test_a_misspelt_key_of_a_project_file_is_not_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "costcalc.yaml", "workload: {}\nheadlin: []")
    with pytest.raises(
        InputError,
        match="unknown key 'workload'; expected one of: as_of, workloads, budgets, suppressions, api, models, gpus, ",
    ) as caught:
        load_layers([Layer("project", path, "costcalc.yaml")])
    assert len(caught.value.problems) == 2


def test_problems_of_all_files_stand_together(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", "headlin: []\nheadline: 7")
    second = written(tmp_path / "b" / "options.yaml", "options: {x: {kind: apii}}\nx: 1").parent
    written(second / "api" / "acme.yaml", "provider: amce\nmodels: {}")
    assert problems(first, second) == [
        "a.yaml:1:1: unknown key 'headlin'; expected one of: as_of, workloads, budgets, suppressions, api, models, gpus, plans, options, headline, assumptions, quality, searched, rules, kinds, tokenizers, reasoning, measurements, exchange_rates, contracts, evaluations [did you mean 'headline'?]",
        "a.yaml:2:11: headline: expected a list",
        "options.yaml:2:1: unknown key 'x'; expected one of: options, headline",
        "acme.yaml:1:11: provider: expected 'acme', as the file is called, found 'amce'",
        "options.yaml:1:21: options.x.kind: expected 'api', 'rate', 'self_host', 'plan', 'provisioned', 'blend', found text 'apii' [did you mean 'api'?]",
        "acme.yaml:2:1: models: expected at least one entry, found none",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("api: {openai: {models: {gpt-5.22: {context_window: 5}}}}", "x.yaml:1:25: unknown model 'gpt-5.22': nothing to override, and a new model needs prices [did you mean 'gpt-5.2' or 'gpt-5.5' or 'gpt-5.4'?]"),
        ("options: {a: {kind: api, model: openai/gtp-5.4}}", "x.yaml:1:33: options.a.model: unknown model 'openai/gtp-5.4'; did you mean 'openai/gpt-5.4' or 'openai/gpt-5.5' or 'openai/gpt-5.2'? costcalc catalog list models names them all; costcalc catalog add model adds yours"),
        ("api: {openai: {models: {gpt-5.2: {superseded: {by: gpt-54, since: 2026-01-01, source: {title: t, checked: 2026-01-01}}}}}}", "x.yaml:1:52: api.openai.models.gpt-5.2.superseded.by: unknown model 'gpt-54' of openai; did you mean 'gpt-5.4' or 'gpt-5' or 'gpt-4o'?"),
        ("api: {openai: {models: {gpt-5.2: {superseded: {by: claude-opus-5-5, since: 2026-01-01, source: {title: t, checked: 2026-01-01}}}}}}", "x.yaml:1:52: api.openai.models.gpt-5.2.superseded.by: unknown model 'claude-opus-5-5' of openai"),
        ("api: {openai: {models: {gpt-5.2: {superseded: {by: gpt-5.2-2025-12-11, since: 2026-01-01, source: {title: t, checked: 2026-01-01}}}}}}", "x.yaml:1:52: api.openai.models.gpt-5.2.superseded.by: 'gpt-5.2-2025-12-11' is this model itself; name the one that takes its place"),
        ("api: {openai: {models: {gpt-5.2: {superseded: {by: gpt-5.4}}}}}", "x.yaml:1:35: models.gpt-5.2.superseded: missing key 'since'\nx.yaml:1:35: models.gpt-5.2.superseded: missing key 'source'"),
        ("searched: {gpt-54-foo: {found: none, checked: 2026-01-01}}", "x.yaml:1:12: searched.gpt-54-foo: unknown model 'gpt-54-foo'; did you mean 'gpt-5.4-pro' or 'gpt-4o' or 'gpt-5-pro'? costcalc catalog list models names them all; costcalc catalog add model adds yours"),
        ("options: {a: {kind: api}}", "x.yaml:1:11: options.a: missing key 'model'"),
        ("options: {a: {model: x}}", "x.yaml:1:11: options.a: missing key 'kind'"),
        ("headline: [gpt-5.2-apy]", "x.yaml:1:12: headline.0: unknown option 'gpt-5.2-apy': neither an option nor a model; did you mean 'gpt-5.2-api' or 'gpt-5.4-api' or 'gpt-5.2'? costcalc catalog list options names them all; costcalc catalog add option adds yours"),
        ("contracts: {openia: {discount: 0.1, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}", "x.yaml:1:13: contracts.openia: unknown provider 'openia'; did you mean 'openai'?"),
        ("contracts: {openai: {discount: 1.5, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}", "x.yaml:1:32: contracts.openai.discount: expected a share from 0 to 1, found 1.5"),
        ("contracts: {openai: {effective: 2026-01-01, models: {gpt-55: {usd_per_mtok: {input: 1}}}, source: {title: t, checked: 2026-01-01}}}", "x.yaml:1:54: contracts.openai.models.gpt-55: unknown model 'gpt-55' of openai; did you mean 'gpt-5.5' or 'gpt-5' or 'gpt-5.4'?"),
        ("assumptions: {a: {value: 5, low: 6, high: 7, unit: x, basis: judgement}}", "x.yaml:1:15: assumptions.a: expected low ≤ value ≤ high, found 6, 5, 7; give all three"),
        ("assumptions: {a: {value: 5, low: 4, high: 7, unit: x, basis: vendor}}", "x.yaml:1:15: assumptions.a: basis 'vendor' needs a source; without one the basis is 'judgement'"),
        ("assumptions: {a: {value: true, low: 4, high: [], unit: x, basis: judgement}}", "x.yaml:1:26: assumptions.a.value: expected a number, found the boolean 'true'\nx.yaml:1:40: assumptions.a.high: expected a number, found a list"),
        ("options: {a: {kind: rate, side: buy, usd_per_mtok: {output: 1}, implies: {gpus: 1, gpu: H1000}, effective: 2026-01-01, source: {title: t, checked: 2026-01-01}}}", "x.yaml:1:89: options.a.implies.gpu: unknown GPU 'H1000'; did you mean 'H100' or 'H100 80GB' or 'V100'? costcalc catalog list gpus names them all; for another, give the option a measured tokens_per_s (--own: tokens/s=), or costcalc catalog add gpu"),
        ("assumptions: {a: {value: 1, low: 1, high: 1, unit: x, basis: vendor, source: {url: {b: 1}, checked: 2026-01-01}}}", "x.yaml:1:79: assumptions.a.source.url: expected text, found a mapping"),
        ("api: {openai: {models: {gpt-5.2: {prices: [{effective: 2025-12-11, billed_as: {output: input}}]}}}}", "x.yaml:1:44: models.gpt-5.2.prices.0: billed_as says that output costs what input costs; only input may have a rate"),
        ("api: {openai: {models: {gpt-5.2: {prices: [{effective: 2026-12-11, usd_per_thousand: {request: 1}, billed_as: {output: input}, source: {title: t, checked: 2026-01-01}}]}}}}", "x.yaml:1:44: models.gpt-5.2.prices.1: billed_as says that output costs what input costs; only input may have a rate"),
        ("{provider: acme, models: {a: {retired: 2026-01-01, prices: [{effective: 2026-01-01, usd_per_mtok: {input: 1}, source: {title: t, checked: 2026-01-01}}]}}}", "x.yaml:1:27: models.a: retired needs retired_source: where that day was read"),
        ("{provider: acme, models: {a: {prices: [&p {effective: 2026-01-01, usd_per_mtok: {input: 1}, source: {title: t, checked: 2026-01-01}}, *p]}}}", "x.yaml:1:27: models.a: prices stand oldest first, one a day: 2026-01-01 stands after 2026-01-01"),
        ("contracts: {openai: {effective: 2026-02-01, until: 2026-01-01, source: {title: t, checked: 2026-01-01}}}", "x.yaml:1:13: contracts.openai: the contract ends on 2026-01-01, before it begins on 2026-02-01"),
        ("assumptions: {a: {value: 1e29, low: 1e999999999, high: 1, unit: x, basis: judgement}}", "x.yaml:1:26: assumptions.a.value: expected a number of at most 1e18, found 1E+29\nx.yaml:1:37: assumptions.a.low: expected a finite number, found .inf, or a number of more than 30 digits"),
        ("api: {openai: {models: {gpt-5.2: {prices: [{effective: 2025-12-11, when: [{region: eu, multiply: {cache_write: 2}}]}]}}}}", "x.yaml:1:44: models.gpt-5.2.prices.0: multiply names cache_write, which has no rate of its own here; give it one"),
        ("api: [1]", "x.yaml:1:6: api: expected a mapping"),
        ("api: {openai: 5, acme: }", "x.yaml:1:15: api.openai: expected what api/openai.yaml holds, a mapping\nx.yaml:1:24: api.acme: expected what api/acme.yaml holds, a mapping"),
        ("contracts: []\noptions:\nheadline:", "x.yaml:1:12: contracts: expected a mapping\nx.yaml:2:9: options: expected a mapping\nx.yaml:3:10: headline: expected a list"),
        ("api: {openai: {provider: azure}}", "x.yaml:1:26: provider: expected 'openai', as the file is called, found 'azure'"),
        ("[a]", "x.yaml:1:1: expected a mapping at the top of the file"),
        ("modles: {}", "x.yaml:1:1: unknown key 'modles'; expected one of: as_of, workloads, budgets, suppressions, api, models, gpus, plans, options, headline, assumptions, quality, searched, rules, kinds, tokenizers, reasoning, measurements, exchange_rates, contracts, evaluations [did you mean 'models'?]"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_named(text: str, message: str, tmp_path: Path) -> None:
    assert "\n".join(problems(written(tmp_path / "x.yaml", text))) == message


def test_a_price_list_without_its_providers_name(tmp_path: Path) -> None:
    written(tmp_path / "dir" / "api" / "acme.yaml", NEW_MODEL.replace("provider: acme\n", ""))
    assert problems(tmp_path / "dir") == [
        "acme.yaml:2:1: provider: expected 'acme', as the file is called, found nothing",
    ]


def test_an_empty_directory_or_a_missing_file_is_no_layer(tmp_path: Path) -> None:
    assert problems(tmp_path)[0].endswith("no catalog files; expected options.yaml, assumptions.yaml, quality.yaml, rules.yaml, kinds.yaml, tokens.yaml, measurements.yaml, exchange_rates.yaml, contracts.yaml, evaluations.yaml or api/<provider>.yaml, models/<model>.yaml, gpus/<gpu>.yaml, plans/<provider>.yaml")  # fmt: skip
    assert "cannot be read: No such file" in problems(tmp_path / "gone.yaml")[0]


NAMES = {
    "gpt-5.2-api": ("option", "gpt-5.2-api"),
    "pue": ("assumption", "pue"),
    "anthropic/claude-pro": ("plan", "anthropic/claude-pro"),
    "gpt-5.2": ("model", "openai/gpt-5.2"),
    "deepseek-r1": ("model", "deepseek/deepseek-r1"),  # an open model too, and models come first
    "models/deepseek-r1": ("open model", "deepseek-r1"),
    "deepseek-ai/DeepSeek-R1": ("open model", "deepseek-r1"),  # several sell one of that name
    "h100 sxm": ("GPU", "h100-sxm"),
    "gpus/h100-sxm": ("GPU", "h100-sxm"),
}


def test_names_are_found_by_id_alias_and_provider(catalog: Catalog) -> None:
    assert catalog.sold_model("deepseek-reasoner").ref == "deepseek/deepseek-r1"
    assert catalog.sold_model("deepseek/deepseek-reasoner") is catalog.sold_model("deepseek/deepseek-reasoner")
    with pytest.raises(
        UnknownNameError,
        match=r"several providers sell .*; name one of: deepinfra/google/gemma-4-31B-it \(\$0.20 in, \$0.40 out\), ",
    ):
        catalog.sold_model("google/gemma-4-31B-it")
    with pytest.raises(
        UnknownNameError, match=r"^unknown model 'zzzzzzzz'; costcalc catalog list models names them all"
    ):
        catalog.sold_model("zzzzzzzz")
    with pytest.raises(KeyError):
        catalog.providers["nobody"]


def test_one_look_up_finds_whatever_has_a_name(catalog: Catalog) -> None:
    assert {name: catalog.thing(name)[:2] for name in NAMES} == NAMES
    assert catalog.thing("deepseek-r1").entry is catalog.sold_model("deepseek-r1")
    assert catalog.thing("deepseek-r1", "open model").path == ("models", "deepseek-r1")
    with pytest.raises(
        UnknownNameError, match="unknown name 'H1000': no plan or GPU is called so; did you mean 'H100'"
    ):
        catalog.thing("H1000", "plan", "GPU")
    with pytest.raises(UnknownNameError, match=r"unknown GPU 'models/deepseek-r1'"):
        catalog.thing("models/deepseek-r1", "GPU")
    with pytest.raises(
        UnknownNameError, match=r"model, open model, GPU or currency is called so; costcalc catalog list names"
    ):
        catalog.thing("zzzzzzzz")


def test_the_digest_is_of_content_and_layers(tmp_path: Path) -> None:
    path = written(tmp_path / "x.yaml", NEW_MODEL)
    digests = {load_catalog().digest_of(), load_catalog(path).digest_of(), load_catalog(path).digest_of()}
    assert len(digests) == 2
    written(path, NEW_MODEL + "# a comment\n")
    assert load_catalog(path).digest_of() not in digests


def test_the_shipped_catalog_is_whole(catalog: Catalog) -> None:
    assert validate(catalog, today=date(2026, 11, 27)) == ()
    assert {tree for tree in catalog.trees if tree.startswith("api/")} == {f"api/{name}" for name in catalog.providers}
    assert len(catalog.trees) == len(list(catalog.trees))


def test_every_shipped_figure_has_a_source_and_a_day(catalog: Catalog) -> None:
    prices = [
        price for prices in catalog.providers.values() for model in prices.models.values() for price in model.prices
    ]
    assert len(prices) > 400
    assert all(price.source.url and price.note for price in prices)


def test_validation_finds_stale_future_and_dangling(tmp_path: Path) -> None:
    text = NEW_MODEL.replace("checked: 2026-11-01", "checked: 2026-01-01")
    catalog = load_catalog(written(tmp_path / "x.yaml", text))
    stale = [finding for finding in validate(catalog, today=date(2026, 11, 27)) if finding.rule == "stale"]
    assert [(finding.message, finding.place and finding.place.line) for finding in stale] == [
        ("api.acme.models.acme-1.prices.0.source: last seen 330 days ago, on 2026-01-01", 8)
    ]
    with pytest.raises(InputError, match="checked on 2026-11-22, which is after 2026-11-21"):
        validate(load_catalog(), today=date(2026, 11, 21))


def test_validation_reads_the_price_lists_that_nobody_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pricing = tmp_path / "pricing"
    written(pricing / "options.yaml", "options: {a: {kind: api, model: acme/x}}")
    written(pricing / "assumptions.yaml", "assumptions: {}")
    for name in ("quality", "rules", "kinds"):
        written(pricing / f"{name}.yaml", f"{name}: {{}}")
    written(pricing / "api" / "acme.yaml", "provider: acme\nmodels: {y: {prices: 1, prices: 2}}")
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: pricing)
    catalog = load_catalog()
    with pytest.raises(InputError, match="duplicate key 'prices'"):
        validate(catalog, today=date(2026, 11, 27))
    written(pricing / "api" / "acme.yaml", NEW_MODEL)
    with pytest.raises(InputError, match=r"options\.a\.model: unknown model 'acme/x'"):
        validate(load_catalog(), today=date(2026, 11, 27))


def test_contracts_and_assumptions_without_a_source_of_age(overlay: Overlay) -> None:
    catalog = overlay(
        "assumptions: {a: {value: 5, low: 4, high: 7, unit: x, basis: judgement}}\n"
        "contracts: {openai: {discount: 0.1, effective: 2025-01-01, source: {title: t, checked: 2025-01-01}}}"
    )
    findings = validate(catalog, today=date(2026, 11, 27))
    assert [finding.message for finding in findings] == [
        "contracts.openai.source: last seen 695 days ago, on 2025-01-01"
    ]


def test_a_complaint_that_has_no_words_of_ours_still_has_its_place() -> None:
    class Odd(Entry):
        number: int

    with pytest.raises(InputError, match=r"number: Input should be a valid integer.*, found text 'x'"):
        validated(Odd, parse_yaml(Document("x.yaml", "number: x")))


def test_a_form_may_be_filled_in_python() -> None:
    assert Source(title="t", checked=date(2026, 1, 1)) == Source.model_validate({"title": "t", "checked": "2026-01-01"})


def test_an_unknown_assumption_has_near_names(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="unknown assumption 'spare_replica'; did you mean 'spare_replicas'"):
        catalog.assumption("spare_replica")


def test_an_ambiguous_model_is_no_option(catalog: Catalog) -> None:
    with pytest.raises(AmbiguousNameError, match="several providers sell"):
        catalog.option("google/gemma-4-31B-it")


def test_a_package_without_its_prices_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        load, "__file__", str(tmp_path / "costcalc.whl" / "costcalc" / "catalog" / "layers" / "load.py")
    )
    with pytest.raises(CostcalcError, match=r"costcalc has no pricing/: install costcalc as files \(pip install\)"):
        load_catalog()
