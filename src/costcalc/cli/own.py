"""Hardware of one's own in one line: the values of ``--own``, each read as a self-hosted option.

    [N x] GPU [@ PRICE/h | @ PRICE/s | @ PRICE/h total | @ PRICE/month] {, KEY=VALUE}

docs/own-hardware.md explains it. What a text leaves out is left out of the option too, so that the assumptions and
the policy flags of a command hold for it as they do for a shipped option.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import typer

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.catalog.layers.stack import Problems
from costcalc.catalog.names import slug
from costcalc.cli.own_values import ALSO_CALLED, FIELDS, SETTINGS, UNIT_HINT, count, per_gpu, rent_per_gpu
from costcalc.cli.values import ADAPTER_RANK
from costcalc.errors import AmbiguousNameError, UnknownNameError
from costcalc.findings import Document, Finding, Node, Place, Scalar, did_you_mean

FLAG = "--own"


class WithOwn(NamedTuple):
    """Options of one's own, and the catalog that has them.

    Args:
        options: The options by id.
        catalog: The catalog with them, and with the place of each of their figures in the flag.
    """

    options: dict[str, SelfHostOption]
    catalog: Catalog


def with_own(texts: Sequence[str], catalog: Catalog) -> WithOwn:
    """Read each text as an option and add them all to the catalog.

    Raises:
        InputError: With every problem of every text.
    """
    lines = [re.sub(r"\s", " ", text) for text in texts]  # a text is a line of the document, whatever a script put in
    document = Document(FLAG, "\n".join(lines), "flag")
    problems = Problems()
    read: dict[str, _Machine] = {}
    for number, text in enumerate(lines, start=1):
        machine = _Line(text, number, document, catalog, problems).machine()
        if machine is None:
            continue
        if machine.id in read:
            message = f"two machines are called '{machine.id}'; give one of them another name=ID"
            problems.found.append(Finding("duplicate-id", "error", message, machine.tree.place))
        read[machine.id] = machine
    problems.stop_if_any()
    options = {name: machine.option for name, machine in read.items()}
    trees = {name: machine.tree for name, machine in read.items()}
    added = replace(catalog, options={**catalog.options, **options}, flagged={**catalog.flagged, **trees})
    return WithOwn(options, added)


class _Machine(NamedTuple):
    """A text that was read: its id, its option, and where each value of the option stands."""

    id: str
    option: SelfHostOption
    tree: Node


class _Part(NamedTuple):
    """A part of a text, and the column where it begins (from 1)."""

    text: str
    column: int


def _found(part: _Part) -> str:
    return f"found '{part.text}'" if part.text else "found nothing"


class _Given(NamedTuple):
    """A value that a text gives, None where it could not be read, and the part that gives it."""

    value: Scalar
    part: _Part


def _parts(text: str) -> Iterator[_Part]:
    """Take a text apart at its commas; one before a digit belongs to a number, such as 9,499."""
    column = 1
    for piece in re.split(r",(?!\d)", text):
        yield _Part(piece.strip(), column + len(piece) - len(piece.lstrip()))
        column += len(piece) + 1


def _called(key: str) -> str | None:
    """Offer the key that is meant: by the name that it has elsewhere, or the nearest one."""
    same = ALSO_CALLED.get(key.lower())
    return f"did you mean '{same}'?" if same is not None else did_you_mean(key, SETTINGS)


class _Facts(NamedTuple):
    """What a text says: the keys that it gives, the unit of its rent, whether it is owned, and what it names."""

    given: Mapping[str, _Given]
    unit: str | None
    owned: bool
    gpu: GpuFile | None
    model: OpenModelFile | None

    def lacks(self, *keys: str) -> bool:
        """Say whether none of these keys is given."""
        return not any(key in self.given for key in keys)


class _Conflict(NamedTuple):
    """What cannot be, the key where it is shown, and what to write in its place."""

    key: str
    holds: Callable[[_Facts], object]
    message: str


_CONFLICTS = (
    _Conflict(
        "gpu",
        lambda facts: facts.lacks("model", "tokens/s"),
        "nothing says what it serves: write model=NAME, or tokens/s=N as measured on all the GPUs named",
    ),
    _Conflict(
        "@",
        lambda facts: facts.owned and not facts.lacks("@"),
        "a machine that is bought has no rent: leave the price after @ out, or leave buy= and tenure=own out",
    ),
    _Conflict(
        "buy",
        lambda facts: not facts.owned and not facts.lacks("buy"),
        "buy= is the price of a machine that is owned: leave tenure= out, or write tenure=own",
    ),
    _Conflict(
        "adapter_rank",
        lambda facts: facts.lacks("adapters") and not facts.lacks("adapter_rank"),
        "adapter_rank= is that of adapters: write adapters=N too",
    ),
    # rent pays for power, so that a figure of one's own would change nothing
    _Conflict(
        "kw",
        lambda facts: not facts.owned and not facts.lacks("kw"),
        "a rent includes the power: kw= is for a machine that is bought",
    ),
    # a month's rent is due for every hour of the month, used or not
    _Conflict(
        "hours",
        lambda facts: facts.unit == "month" and not facts.lacks("hours"),
        "a price by the month pays for all its hours: leave hours= out, or give a price by the hour",
    ),
    _Conflict(
        "autoscale",
        lambda facts: facts.unit == "month" and "autoscale" in facts.given and facts.given["autoscale"].value,
        "a price by the month is paid for the machine in any case: leave autoscale= out, or give a price by the hour",
    ),
    _Conflict(
        "gpu",
        lambda facts: facts.owned and facts.lacks("kw") and (facts.gpu is None or facts.gpu.tdp_w is None),
        "the catalog does not have its power: write kw=N, the power of one busy GPU",
    ),
    _Conflict(
        "gpu",
        lambda facts: facts.gpu is not None and not facts.gpu.rentals and not facts.owned and facts.lacks("@"),
        f"the catalog has no rent of this GPU: {UNIT_HINT}, after an @; or buy=N",
    ),
    _Conflict(
        "gpu",
        lambda facts: facts.gpu is not None and facts.gpu.purchase is None and facts.owned and facts.lacks("buy"),
        "the catalog has no purchase price of this GPU: write buy=N, the price of the machine with all its GPUs",
    ),
)


@dataclass(frozen=True)
class _Line:
    """One text of the flag, which notes its problems."""

    text: str
    number: int
    document: Document
    catalog: Catalog
    problems: Problems

    def machine(self) -> _Machine | None:
        """Read the text; None where anything is wrong."""
        before = len(self.problems.found)
        head, *settings = _parts(self.text)
        given, unit = self._head(head)
        for part in settings:
            self._setting(part, given)
        if "gpu" not in given:
            return None
        owned = given["tenure"].value == "own" if "tenure" in given else "buy" in given
        facts = _Facts(given, unit, owned, self._gpu(given), self._model(given))
        for conflict in _CONFLICTS:
            if conflict.holds(facts):
                self._fail("conflict", given[conflict.key].part, conflict.message)
        name = self._name(facts)
        if len(self.problems.found) > before:
            return None
        tree = Node(self._fields(facts), self._place(_Part(self.text, 1)))
        option = self.problems.attempt(lambda: validated(SelfHostOption, tree, name=name))
        return _Machine(name, option, tree) if option is not None else None

    def _place(self, part: _Part) -> Place:
        return Place(self.document, self.number, part.column, max(1, len(part.text)))

    def _fail(self, rule: str, part: _Part, message: str, hint: str | None = None) -> None:
        self.problems.found.append(Finding(rule, "error", message, self._place(part), hint))

    def _value(self, part: _Part, what: str, read: Callable[[], Any]) -> Any:  # noqa: ANN401  # what the reader gives
        try:
            return read()
        except (ValueError, typer.BadParameter) as error:
            self._fail("value", part, f"{what}: {error}")
            return None

    def _head(self, part: _Part) -> tuple[dict[str, _Given], str | None]:
        """Read what stands before the first setting: how many GPUs, which, at what rent in which unit."""
        match = re.fullmatch(r"(?:(?P<gpus>\d+) *[xX×] *)?(?P<gpu>[^@]*)(?P<rent>@.*)?", part.text)
        assert match is not None  # every text has this form, if of empty pieces
        if not match["gpu"].strip():
            self._fail("missing-gpu", part, f"expected a GPU such as '2x RTX 4090', {_found(part)}")
            return {}, None
        at = {
            key: _Part(text.strip(), part.column + match.start(key)) for key, text in match.groupdict().items() if text
        }
        gpus = 1
        if "gpus" in at:
            gpus = self._value(at["gpus"], "GPUs", partial(count, at["gpus"].text, least=1)) or 1
        given = {"gpus": _Given(gpus, at.get("gpus", at["gpu"])), "gpu": _Given(at["gpu"].text, at["gpu"])}
        if "rent" not in at:
            return given, None
        read = partial(rent_per_gpu, at["rent"].text.removeprefix("@").strip(), gpus=gpus)
        usd, unit = self._value(at["rent"], "@", read) or (None, None)
        given["@"] = _Given(usd, at["rent"])
        return given, unit

    def _setting(self, part: _Part, given: dict[str, _Given]) -> None:
        key, equals, text = (piece.strip() for piece in part.text.partition("="))
        if not equals:
            self._fail("setting", part, f"expected KEY=VALUE such as model=Qwen3-32B, {_found(part)}")
        elif key.lower() not in SETTINGS:
            message = f"unknown key '{key}'; expected one of: {', '.join(SETTINGS)}"
            self._fail("unknown-key", part, message, _called(key))
        elif key.lower() in given:
            self._fail("duplicate-key", part, f"{key} is given twice")
        else:
            value = self._value(part, key, partial(SETTINGS[key.lower()].read, text))
            given[key.lower()] = _Given(value, part)

    def _model(self, given: Mapping[str, _Given]) -> OpenModelFile | None:
        if "model" not in given or given["model"].value is None:
            return None
        try:
            return self.catalog.open_model(str(given["model"].value))
        except UnknownNameError as error:
            self._fail("unknown-name", given["model"].part, str(error))
            return None

    def _gpu(self, given: Mapping[str, _Given]) -> GpuFile | None:
        """Look the GPU up; a measured throughput and a price say all that a cost needs of one that is not listed."""
        try:
            return self.catalog.gpu(str(given["gpu"].value))
        except UnknownNameError as error:
            if "tokens/s" not in given or not ("@" in given or "buy" in given):
                self._fail("unknown-name", given["gpu"].part, str(error))
            return None

    def _name(self, facts: _Facts) -> str:
        """Give the option's id, which must be free."""
        given = facts.given
        if "name" in given:
            name, part = str(given["name"].value), given["name"].part
            taken = name in self.catalog.options or self._is_model(name)
        else:
            several = f"{given['gpus'].value}x" if given["gpus"].value != 1 else ""
            gpu = facts.gpu.gpu if facts.gpu is not None else given["gpu"].value
            model = facts.model.model if facts.model is not None else ""
            weights = given["weights"].value if "weights" in given else ""
            name, part = slug(f"own {several} {gpu} {model} {weights}"), _Part(self.text, 1)
            taken = name in self.catalog.options
        if taken:
            self._fail("duplicate-id", part, f"the catalog has '{name}' already; give another name=ID")
        return name

    def _is_model(self, name: str) -> bool:
        """Say whether it names a model of an API, which is an option too."""
        try:
            self.catalog.sold_model(name)
        except AmbiguousNameError:
            return True
        except UnknownNameError:
            return False
        return True

    def _fields(self, facts: _Facts) -> dict[str, Node]:
        """Give the option's fields, each with its place; what the text leaves out is no field."""
        here = self._place(_Part(self.text, 1))
        given = {key: (value, self._place(part)) for key, (value, part) in facts.given.items()}
        fields = {"kind": Node("self_host", here)}
        fields |= {field: Node(*given[key]) for key, field in FIELDS.items() if key in given}
        if facts.unit == "s" and "@" in given:
            fields["usd_per_gpu_second"] = fields.pop("usd_per_gpu_hour")
        if facts.owned:
            fields["tenure"] = Node("own", here)
        if "buy" in given:
            usd, gpus = given["buy"][0], given["gpus"][0]
            assert isinstance(usd, Decimal)  # what their readers give
            assert isinstance(gpus, int)
            fields["usd_per_gpu"] = Node(per_gpu(usd, gpus), given["buy"][1])
        if "adapters" in given:
            rank = Node(*given["adapter_rank"]) if "adapter_rank" in given else Node(ADAPTER_RANK, here)
            fields["adapters"] = Node({"number": fields["adapters"], "rank": rank}, given["adapters"][1])
        # a row names what its GPU and model were found to be
        if facts.model is not None:
            fields["model"] = Node(facts.model.name, given["model"][1])
        if facts.gpu is not None:
            fields["gpu"] = Node(facts.gpu.name, given["gpu"][1])
        else:
            fields["note"] = Node(f"the GPU is not in the catalog: {fields.pop('gpu').value}", given["gpu"][1])
        return fields
