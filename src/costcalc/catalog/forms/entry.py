"""What every form is: fields with types, checked by pydantic, which is imported when there is something to check.

To import pydantic and to build its models takes as long as seven starts of Python. A run that finds what it needs
checked already (`costcalc.catalog.layers.kept`) has no use for it. So a form here is a plain class; pydantic derives
its checks and its JSON Schema from the same annotations, through the hooks that it offers to classes of others.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, dataclass_transform, get_args, get_origin

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

    from costcalc.findings import Finding, Node

_Check = TypeVar("_Check", bound=Callable[[Any], Any])
_REQUIRED: Any = object()
EMPTY: dict[str, Any] = {}  # the default of a table: one for all, since a form never changes
_CHECKS: set[Callable[[Any], Any]] = set()


def form_check(check: _Check) -> _Check:
    """Mark a form's method that checks its fields together; it raises ValueError, or returns the form."""
    _CHECKS.add(check)
    return check


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Entry:
    """Base of every form: unknown keys are errors, and a value never changes.

    Its methods bear the names that pydantic's models give them.
    """

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")

    model_config: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    model_fields: ClassVar[Mapping[str, Any]] = {}
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, *, schema: dict[str, Any] | Callable[[dict[str, Any]], None] | None = None) -> None:
        """Note the fields of a form.

        Args:
            schema: What its JSON Schema says beside its fields, or a function that completes it.
        """
        own = {name: hint for name, hint in cls.__annotations__.items() if not _is_class_wide(hint)}
        cls.model_fields = {**cls.model_fields, **own}
        cls._defaults = {name: getattr(cls, name) for name in cls.model_fields if hasattr(cls, name)}
        if schema is not None:
            cls.model_config = {**Entry.model_config, "json_schema_extra": schema}

    def __init__(self, **values: Any) -> None:  # noqa: ANN401  # each field has a type of its own
        """Check the values.

        Raises:
            pydantic.ValidationError: With every problem.
        """
        _adapter(type(self)).validator.validate_python(values, self_instance=self)

    @classmethod
    def model_validate(cls, data: object) -> Self:
        """Check data against the form.

        Raises:
            pydantic.ValidationError: With every problem.
        """
        checked: Self = _adapter(cls).validate_python(data)
        return checked

    @classmethod
    def model_construct(cls, **values: Any) -> Self:  # noqa: ANN401
        """Make a form of values that were checked before."""
        return cls.model_filled({**cls.model_blank(), **values}, set(values))

    @classmethod
    def model_blank(cls) -> dict[str, Any]:
        """Give the fields of a form of which nothing is stated; None for those without a default."""
        return {**dict.fromkeys(cls.model_fields), **cls._defaults}

    @classmethod
    def required(cls) -> frozenset[str]:
        """Name the fields that have no default."""
        return frozenset(cls.model_fields.keys() - cls._defaults.keys())

    @classmethod
    def model_filled(cls, values: dict[str, Any], stated: set[str]) -> Self:
        """Make a form of all its values, which were checked before, and the names of those that were stated."""
        made = object.__new__(cls)
        object.__setattr__(made, "__dict__", values)
        object.__setattr__(made, "__pydantic_fields_set__", stated)
        return made

    @classmethod
    def model_json_schema(cls, *, mode: Any = "validation", ref_template: str = "#/$defs/{model}") -> dict[str, Any]:  # noqa: ANN401
        """Give the JSON Schema."""
        return _adapter(cls).json_schema(mode=mode, ref_template=ref_template)

    @classmethod
    def findings_in(cls, tree: "Node") -> "Iterable[Finding]":  # noqa: ARG003  # forms that override it look at it
        """Find what is wrong with a written file that the types of its fields cannot say: of most forms, nothing."""
        return ()

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that were stated; the others have their defaults."""
        stated: set[str] = object.__getattribute__(self, "__pydantic_fields_set__")
        return stated

    def model_copy(self, *, update: Mapping[str, Any] = {}) -> Self:  # nobody changes a Mapping
        """Give the form with other values in some fields, which are not checked."""
        return self.model_filled({**self.__dict__, **update}, {*self.model_fields_set, *update})

    def model_dump(
        self,
        *,
        exclude: Collection[str] = (),
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """Give the form as mappings.

        Args:
            exclude: Fields to leave out.
            exclude_none: Leave out what is None, here and in forms inside.
            exclude_unset: Leave out what was not stated.
            exclude_defaults: Leave out what is as its default.
        """

        def dumped(value: Any) -> Any:  # noqa: ANN401
            if isinstance(value, Entry):
                return value.model_dump(
                    exclude_none=exclude_none, exclude_unset=exclude_unset, exclude_defaults=exclude_defaults
                )
            if isinstance(value, dict):
                return {key: dumped(child) for key, child in value.items()}
            return tuple(dumped(child) for child in value) if type(value) is tuple else value

        def shown(name: str, value: object) -> bool:
            return not (
                name in exclude
                or (exclude_none and value is None)
                or (exclude_unset and name not in self.model_fields_set)
                or (exclude_defaults and value == self._defaults.get(name, _REQUIRED))
            )

        return {name: dumped(value) for name, value in self.__dict__.items() if shown(name, value)}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} never changes: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} never changes: {name}")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({fields})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core.core_schema import model_fields_schema, model_schema, no_info_after_validator_function

        fields = {name: cls._field_schema(name, handler) for name in cls.model_fields}
        schema: Any = model_schema(
            cls,
            model_fields_schema(fields, model_name=cls.__name__),
            frozen=True,
            config={"title": cls.__name__, "extra_fields_behavior": "forbid"},
        )
        for check in cls._checks():
            schema = no_info_after_validator_function(check, schema)
        schema["ref"] = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        made: CoreSchema = schema
        return made

    @classmethod
    def __get_pydantic_json_schema__(cls, core: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, Any]:
        """Describe the fields of the base as it does, where the form does not say it itself."""
        schema: dict[str, Any] = handler(core)
        told: dict[str, Any] = handler.resolve_ref_schema(schema)
        summary, own = _docs(cls)
        fields = {name: words for base in reversed(cls.__mro__[1:]) for name, words in _docs(base)[1].items()} | own
        args = "".join(f"\n    {name}: {words}" for name, words in fields.items() if name in cls.model_fields)
        told["description"] = f"{summary}\n\nArgs:{args}" if args else summary
        return schema

    @classmethod
    def _field_schema(cls, name: str, handler: "GetCoreSchemaHandler") -> Any:  # noqa: ANN401  # pydantic_core's ModelField
        from pydantic_core.core_schema import model_field, with_default_schema

        schema = handler.generate_schema(cls.model_fields[name])
        if name in cls._defaults:
            schema = with_default_schema(schema, default=cls._defaults[name])
        return model_field(schema)

    @classmethod
    def _checks(cls) -> Iterable[Callable[[Any], Any]]:
        """The methods that check fields together, those of the base first."""
        for base in reversed(cls.__mro__):
            yield from (member for member in vars(base).values() if callable(member) and member in _CHECKS)


def _docs(form: type) -> tuple[str, dict[str, str]]:
    """Take a docstring apart: what the form is, and what it says of each field."""
    summary, _, args = cleandoc(form.__doc__ or "").partition("\n\nArgs:\n")
    return summary, dict(re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", args, re.MULTILINE))


def _is_class_wide(hint: object) -> bool:
    return get_origin(hint) is ClassVar


_ADAPTERS: "dict[type[Entry], TypeAdapter[Any]]" = {}


def _adapter(form: type[Entry]) -> "TypeAdapter[Any]":
    """Build pydantic's checks of a form, when it first has something to check."""
    if form not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[form] = TypeAdapter(form)
    return _ADAPTERS[form]


class Checked:
    """Marks a type whose values are what a function makes of what is written; it raises ValueError."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core.core_schema import no_info_plain_validator_function

        return no_info_plain_validator_function(self.function)


class Before:
    """Marks a type whose values a function looks at before they are checked; it raises ValueError."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core.core_schema import no_info_before_validator_function

        return no_info_before_validator_function(self.function, handler(source))


class Constraint:
    """Marks a type with what pydantic's own ``Field`` takes, such as ``min_length`` or ``pattern``."""

    def __init__(self, **limits: Any) -> None:  # noqa: ANN401
        self.limits = limits

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from typing import Annotated

        from pydantic import Field

        return handler.generate_schema(Annotated[source, Field(**self.limits)])


NOT_EMPTY = Constraint(min_length=1)
BY_KIND = Constraint(discriminator="kind")


class NumberOrTable:
    """Marks a union of a number and a mapping; what is no mapping is checked as the number."""

    def __get_pydantic_core_schema__(self, source: object, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core.core_schema import tagged_union_schema

        number, table = (handler.generate_schema(member) for member in get_args(source))
        return tagged_union_schema({"number": number, "table": table}, _number_or_table)


def _number_or_table(value: object) -> str:
    return "table" if isinstance(value, dict) else "number"


class JsonSchema:
    """Marks a type with its JSON Schema, where pydantic cannot derive it."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def __get_pydantic_json_schema__(self, core: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, Any]:
        return dict(self.schema)  # pydantic completes what it gets
