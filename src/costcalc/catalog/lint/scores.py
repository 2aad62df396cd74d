"""A rule about scores: whether what speaks for a model is still what would be said of it."""

from collections.abc import Iterator
from datetime import date

from costcalc.catalog.forms.options import Option
from costcalc.catalog.lint.question import Found, Question
from costcalc.catalog.scores import Scores, folded, names_of_option


def old_scores(asked: Question) -> Iterator[Found]:
    """Find models that options name, whose newest score is old, and of which nobody has looked for a newer one since.

    A score itself never grows old: nobody needs to check again what was once published. So there is one finding for
    a model, not one for a score; and none where the model has no score, or the option can no longer be bought.
    """
    scores, looked = Scores.of(asked.catalog.quality()), _looked(asked)
    written = {folded(name): name for name in asked.catalog.quality()}
    seen: set[str] = set()
    for option in asked.catalog.options.values():
        names = [] if _is_gone(asked, option) else names_of_option(option, asked.catalog)
        found = next((written[name] for name in map(folded, names) if name in written), None)
        if found is None or found in seen:
            continue
        seen.add(found)
        newest = max(score.evidence_day for score in scores.of_model(names))
        age = (asked.today - max(newest, looked.get(folded(found), newest))).days
        if age > asked.max_age_days:
            message = f"its newest score is of {newest}, and nobody has looked for a newer one for {age} days"
            yield Found(("quality", found), message, help=f"add one, or say under searched.{found} what was found")


def _looked(asked: Question) -> dict[str, date]:
    """Give the days on which somebody looked, by model; a day that is still to come says nothing."""
    searched = asked.catalog.searched().items()
    return {folded(name): note.checked for name, note in searched if note.checked <= asked.today}


def _is_gone(asked: Question, option: Option) -> bool:
    model = getattr(option, "model", None) if option.kind in {"api", "plan", "provisioned"} else None
    return model is not None and asked.catalog.sold_model(model).retired_on(asked.today)
