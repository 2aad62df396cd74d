"""Facts in words: every figure with its unit, so that a rule's sentence is made of facts and nothing else."""

from decimal import Decimal

from costcalc.catalog.rules.verdicts import Rule
from costcalc.catalog.rules.vocabulary import FACTS, Value
from costcalc.money import USD, Money
from costcalc.recommend.grounds import Facts
from costcalc.units import rounded

_CENT = Decimal("0.01")


def sentence(rule: Rule, facts: Facts, money: Money = USD) -> str:
    """Write what a rule says of facts; one that nobody knows is called unknown."""
    shown = {name: written(name, facts[name], money) if name in facts else f"an unknown {name}" for name in rule.said}
    return rule.entry.say.format_map(shown)


def written(name: str, value: Value, money: Money = USD) -> str:
    """Write a fact's value with its unit, an amount in the currency that is shown.

    Example:
        >>> written("monthly_usd", Decimal("1234.5")), written("utilisation", Decimal("0.2214"))
        ('$1,234.50', '22.1 %')
        >>> written("context_window", Decimal(131072)), written("tpot_ms", Decimal("49.80"))
        ('131,072 tokens', '49.8 ms')
        >>> written("output_mtok", Decimal("2770.8333")), written("workload_kind", "customer_service")
        ('2,770.8 Mtok', 'customer service')
    """
    if not isinstance(value, Decimal):
        return str(value).replace("_", " ") if name in {"workload_kind", "tenure"} else str(value)
    unit = FACTS[name].unit
    if unit.startswith("USD"):
        return money.text(value)
    if unit == "share":
        return f"{_short(value * 100)} %"
    if unit == "percent":
        return f"{_short(value)} %"
    if unit in {"points", "ratio"}:
        return f"{rounded(value, _CENT).normalize():f}"
    return f"{_short(value)} {unit.removesuffix('/month')}"


def _short(number: Decimal) -> str:
    """Write a number to one decimal, a small one to three significant digits."""
    if number == number.to_integral_value():
        return f"{rounded(number, Decimal(1)):,f}"
    if abs(number) < 1:
        return f"{Decimal(f'{number:.3g}').normalize():f}"
    return f"{rounded(number, Decimal('0.1')):,f}".removesuffix(".0")
