"""A small market with scores, of which every figure can be checked by hand: 1,000 requests of 1,000 tokens out."""

from __future__ import annotations

# A month is 1,000 requests × 1,000 tokens = 1 Mtok, so that a model costs what a million tokens of it do.
MONTH = ("--requests", "1000", "--shape", "0:1000", "--as-of", "2026-11-22")
SOURCE = "{title: a page, checked: 2026-11-01}"


def _model(name: str, usd: str) -> str:
    price = f"{{effective: 2026-01-01, usd_per_mtok: {{output: {usd}}}, source: {SOURCE}}}"
    return f"      {name}: {{prices: [{price}]}}\n"


def _score(score: str, by: str = "Lab", **more: str) -> str:
    fields = {"benchmark": "Bench One", "score": score, "reported_by": by, "variant": "plain", "date": "2026-06"}
    fields |= {"confidence": "high", "source": SOURCE, "standing": "independent"} | more
    return "    - {" + ", ".join(f"{key}: {value}" for key, value in fields.items() if value) + "}\n"


PRICES = {"tiny": "1.00", "small": "10.00", "equal": "10.00", "large": "100.00", "beaten": "200.00", "new": "5.00"}
OPTIONS = ("tiny", "small", "equal", "large", "beaten", "new", "other", "mix", "sent-on")
WORLD = f"""
api:
  acme:
    provider: acme
    models:
{"".join(_model(name, usd) for name, usd in (*PRICES.items(), ("other", "2.00")))}
options:
{"".join(f"  {name}: {{kind: api, model: acme/{name}}}" + chr(10) for name in (*PRICES, "other"))}
  mix: {{kind: blend, routes: [{{option: large, share: 0.10}}, {{option: tiny, share: 0.90}}], router_usd_per_million_requests: 0}}
  sent-on: {{kind: blend, escalation: {{first: tiny, then: large, rate: 0.20}}}}
quality:
  tiny:
{_score("60")}  small:
{_score("70", effort="low")}{_score("75", effort="high")}{_score("71", variant="other way")}  equal:
{_score("75")}  large:
{_score("80")}{_score("90", by="vendor", standing="vendor")}  beaten:
{_score("80")}  other:
{_score("99", by="vendor", standing="vendor", variant="")}{_score("98", by="Rival", standing="rival")}"""
