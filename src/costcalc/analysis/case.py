"""A question with its uncertain inputs: what higher-order analysis varies, and the cost that it asks for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.options import SelfHostOption
from costcalc.catalog.scalars import Interval
from costcalc.cost.estimate import Estimate
from costcalc.cost.option import estimate
from costcalc.errors import UnknownNameError
from costcalc.scenario import WorkloadEntry
from costcalc.units import exact
from costcalc.workload import Workload


class Input(NamedTuple):
    """One number that is not known exactly.

    Args:
        path: Where it stands: ``assumptions.pue``, ``options.mine.usd_per_gpu_hour``, ``workload.requests``.
        value: Its central value, the median.
        low: The lower end of its 90 % interval.
        high: The upper end of its 90 % interval.
        unit: The unit of all three, or "" where the path says it.
    """

    path: str
    value: Decimal
    low: Decimal
    high: Decimal
    unit: str = ""


Rebuild = Callable[[Mapping[str, Decimal]], Workload]


@dataclass(frozen=True, eq=False)
class Case:
    """A workload, a catalog and a day: everything that an option's cost depends on.

    Args:
        workload: What is to be served.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
        traffic: The uncertain numbers of the workload.
        rebuild: Makes the workload anew with other values of those, by their paths.
    """

    workload: Workload
    catalog: Catalog
    as_of: date
    traffic: tuple[Input, ...] = ()
    rebuild: Rebuild | None = None
    _changed: Mapping[str, Decimal] = field(default_factory=dict, repr=False)

    def estimate(self, option: str) -> Estimate:
        """Price an option.

        Raises:
            UndecidableError: A price that is needed is missing, or it cannot serve so much.
        """
        return estimate(option, self.workload, self.catalog, as_of=self.as_of)

    def cost(self, option: str) -> Decimal:
        """What an option costs [USD/month]."""
        return self.estimate(option).monthly_usd

    def at(self, values: Mapping[str, Decimal]) -> "Case":
        """Give the case with other values of some inputs, by their paths.

        Raises:
            UnknownNameError: A path leads to no input.
        """
        changed = {**self._changed, **values}
        by_room: dict[str, dict[str, Decimal]] = {"assumptions": {}, "options": {}, "workload": {}}
        for path, value in values.items():
            room, _, rest = path.partition(".")
            if room not in by_room:
                raise UnknownNameError(f"'{path}' is no input; inputs begin with {', '.join(by_room)}")
            by_room[room][rest] = value
        catalog = _with_options(_with_assumptions(self.catalog, by_room["assumptions"]), by_room["options"])
        workload = self.workload
        if by_room["workload"]:
            if self.rebuild is None:
                raise UnknownNameError("the workload has no uncertain numbers")
            workload = self.rebuild({path: value for path, value in changed.items() if path.startswith("workload.")})
        return replace(self, catalog=catalog, workload=workload, _changed=changed)

    def inputs(self, options: tuple[str, ...]) -> tuple[Input, ...]:
        """List the uncertain inputs that some options depend on: traffic, the options' own ranges, assumptions."""
        found = {one.path: one for one in self.traffic}
        for name in options:
            named = self.catalog.option(name)
            found |= {one.path: one for one in _ranges_of(f"options.{named.id}", named.option)}
            found |= {one.path: one for one in self._assumed(self.estimate(name))}
        return tuple(found.values())

    def _assumed(self, one: Estimate) -> Iterator[Input]:
        for name in one.assumptions:
            known = self.catalog.assumption(name)
            if known.low < known.high:
                yield Input(f"assumptions.{name}", known.value, known.low, known.high, known.unit)


def _with_assumptions(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    if not values:
        return catalog
    changed = {
        name: catalog.assumption(name).model_copy(update={"value": value, "low": value, "high": value})
        for name, value in values.items()
    }
    return replace(catalog, assumptions={**catalog.assumptions, **changed})


def _with_options(catalog: Catalog, values: Mapping[str, Decimal]) -> Catalog:
    """Change fields of options; an option's id may hold dots, its fields do not."""
    options = dict(catalog.options)
    for path, value in values.items():
        name, _, key = path.rpartition(".")
        option = catalog.option(name).option
        if key not in type(option).model_fields:
            raise UnknownNameError(f"'options.{path}' is no input: the option has no '{key}'")
        options[name] = options.get(name, option).model_copy(update={key: value})
    return replace(catalog, options=options) if values else catalog


def _ranges_of(path: str, form: object) -> Iterator[Input]:
    """Walk the fields of a form that hold a range."""
    fields: dict[str, Any] = dict(form) if isinstance(form, SelfHostOption | WorkloadEntry) else {}
    for key, value in fields.items():
        if isinstance(value, Interval):
            yield Input(f"{path}.{key}", Decimal(value), value.low, value.high)


def case_of(entry: WorkloadEntry, name: str, catalog: Catalog, *, as_of: date) -> Case:
    """Make a case of a workload of a project file, with the ranges that it states."""
    traffic = [*_ranges_of("workload", entry)]
    for index, shape in enumerate(entry.shapes):
        traffic += [
            Input(f"workload.shapes.{index}.{key}", Decimal(value), value.low, value.high)
            for key, value in shape
            if isinstance(value, Interval)
        ]

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        return _changed_entry(entry, values).to_workload(name)

    return Case(entry.to_workload(name), catalog, as_of, tuple(traffic), rebuild)


def _changed_entry(entry: WorkloadEntry, values: Mapping[str, Decimal]) -> WorkloadEntry:
    own: dict[str, Any] = {}
    shapes = list(entry.shapes)
    for path, value in values.items():
        _, *steps = path.split(".")
        if steps[0] == "shapes":
            index = int(steps[1])
            shapes[index] = shapes[index].model_copy(update={steps[2]: value})
        else:
            own[steps[0]] = value
    return entry.model_copy(update={**own, "shapes": tuple(shapes)})


def volume_case(workload: Workload, volume: Interval | None, catalog: Catalog, *, as_of: date) -> Case:
    """Make a case of a workload from flags, whose only uncertain number is its volume.

    Args:
        workload: What is to be served.
        volume: Its output tokens a month as a range, or None where they are known.
        catalog: Prices, options and assumptions.
        as_of: The day whose prices are in force.
    """
    if volume is None:
        return Case(workload, catalog, as_of)
    central = Decimal(volume)
    one = Input("workload.output_tokens", central, volume.low, volume.high, "tokens/month")

    def rebuild(values: Mapping[str, Decimal]) -> Workload:
        share = Fraction(exact(values[one.path])) / Fraction(exact(central))
        return replace(workload, requests=workload.requests * share)

    return Case(workload, catalog, as_of, (one,), rebuild)
