"""Rules about days: when a figure was looked at, and in which order things come into force."""

from collections.abc import Iterator

from costcalc.catalog.lint.question import Found, Question
from costcalc.catalog.sources import judgements, sources


def stale(asked: Question) -> Iterator[Found]:
    """Find what is still in force and was checked too long ago; an old price needs no second look."""
    for read in sources(asked.catalog):
        age = (asked.today - read.source.evidence_day).days
        if age > asked.max_age_days and read.is_current(asked.today):
            message = f"last seen {age} days ago, on {read.source.evidence_day}"
            key = "seen" if read.source.seen is not None else "checked"
            yield Found(read.path, message, asked.catalog.place((*read.path, key)))
    for judged in judgements(asked.catalog):
        age = (asked.today - judged.checked).days if judged.checked is not None else 0
        if age > asked.max_age_days:
            message = f"last thought over {age} days ago, on {judged.checked}"
            yield Found(judged.path, message, asked.catalog.place((*judged.path, "checked")))


def undated(asked: Question) -> Iterator[Found]:
    """Find rents of an unknown day, which count as old whenever somebody read the list that has them."""
    for name, gpu in asked.catalog.gpus.items():
        rents = ((offer, *priced) for offer, rental in gpu.rentals.items() for priced in enumerate(rental.prices))
        for offer, index, price in rents:
            if price.date is not None:
                path = ("gpus", name, "rentals", offer, "prices", index, "date")
                yield Found(path, f"a rent of an unknown day, not before {price.effective}; it counts as old")


def future_checked(asked: Question) -> Iterator[Found]:
    """Find sources that were checked on a day that is still to come; a price may well begin on one."""
    days = [(read.path, read.source.checked) for read in sources(asked.catalog)]
    days += [(judged.path, judged.checked) for judged in judgements(asked.catalog) if judged.checked is not None]
    days += [(("searched", name), note.checked) for name, note in asked.catalog.searched().items()]
    for name, test in asked.catalog.evaluations.items():
        if test.date > asked.today:
            message = f"a test of {test.date}, which is after {asked.today}: until then it does not count"
            yield Found(("evaluations", name, "date"), message)
    for path, checked in days:
        if checked > asked.today:
            place = asked.catalog.place((*path, "checked"))
            yield Found(path, f"checked on {checked}, which is after {asked.today}", place)


def unconfirmed(asked: Question) -> Iterator[Found]:
    """Find prices that were announced, have come into force, and that nobody has looked at since."""
    for read in sources(asked.catalog):
        if read.since is None or not read.is_current(asked.today):
            continue
        if read.source.evidence_day < read.since <= asked.today:
            message = f"announced for {read.since}, last seen before that, on {read.source.evidence_day}"
            yield Found(read.path, message, asked.catalog.place((*read.path, "checked")))


def out_of_order(asked: Question) -> Iterator[Found]:
    """Find prices of a day on which the model is no longer sold; the order of the prices themselves is the form's."""
    for provider, prices in asked.catalog.providers.items():
        for name, model in prices.models.items():
            newest = model.prices[-1].effective
            if model.retired is not None and model.retired <= newest:
                path = ("api", provider, "models", name)
                message = f"retired on {model.retired}, and yet a price begins on {newest}"
                yield Found(path, message, asked.catalog.place((*path, "retired")))
