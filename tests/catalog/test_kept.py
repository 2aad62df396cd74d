"""What a build keeps of the shipped catalog: the same as the files say, and never anything else."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costcalc.catalog.forms.assumptions import AssumptionsFile
from costcalc.catalog.forms.diagnose import validated
from costcalc.catalog.forms.entry import Entry
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.options import OptionsFile
from costcalc.catalog.forms.schema import Model, Source
from costcalc.catalog.layers import kept as keeping
from costcalc.catalog.layers.kept import keep, kept, seal
from costcalc.catalog.layers.load import keep_shipped, load_catalog, shipped_pricing
from costcalc.catalog.layers.written import read_back, written
from costcalc.files import parse_yaml, read_document
from costcalc.findings import Node

pytestmark = pytest.mark.reads_anew


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory for what is kept."""
    monkeypatch.setattr(keeping, "_KEPT", tmp_path / "kept")
    return tmp_path / "kept"


KEPT, READ = (Source(title=title, checked=date(2026, 11, 1)) for title in ("as it was kept", "as it reads"))


def keep_file(path: Path) -> None:
    keep(path, path.read_bytes(), KEPT)


def taken(path: Path) -> Source:
    return kept(path, Source, lambda: READ)


def unread() -> Any:  # noqa: ANN401  # any form
    return pytest.fail("the file was read, although what it says is kept")


def list_of(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_what_is_kept_of_the_shipped_catalog_is_what_its_files_say(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = load_catalog()
    said: dict[str, object] = {
        name: dict(getattr(read, name)) for name in ("providers", "models", "gpus", "plans", "options")
    }
    said |= {name: getattr(read, name)() for name in ("quality", "rules", "kinds")}
    said |= {"assumptions": read.assumptions}
    keep_shipped()
    files = [
        path for path in shipped_pricing().rglob("*.yaml") if path.name not in {"suppressions.yaml", "disputed.yaml"}
    ]
    assert {path.name for path in place.iterdir()} >= {f"{path.parent.name}-{path.stem}.kept" for path in files}
    monkeypatch.setattr("costcalc.catalog.forms.diagnose.validated", lambda *_: unread())
    again = load_catalog()
    for name in ("providers", "models", "gpus", "plans", "options", "assumptions"):
        assert dict(getattr(again, name)) == said[name]
    for name in ("quality", "rules", "kinds"):
        assert getattr(again, name)() == said[name]


@pytest.mark.usefixtures("place")
def test_a_layer_of_the_users_is_read_whatever_is_kept(tmp_path: Path) -> None:
    keep_shipped()
    overlay = list_of(
        tmp_path / "o.yaml", "assumptions: {pue: 1.31}\napi: {openai: {models: {gpt-5.2: {context_window: 77}}}}\n"
    )
    catalog = load_catalog(overlay)
    assert str(catalog.assumption("pue").value) == "1.31"
    assert catalog.sold_model("openai/gpt-5.2").model.context_window == 77
    assert load_catalog().sold_model("openai/gpt-5.2").model.context_window != 77


def _edited(path: Path, _: Path) -> Path:
    return list_of(path, "price: 2")


def _renamed(path: Path, place: Path) -> Path:
    other = list_of(path.parent / "b.yaml", path.read_text())
    (place / "api-a.kept").rename(place / "api-b.kept")
    return other


def _bit_flipped(path: Path, place: Path) -> Path:
    data = bytearray((place / "api-a.kept").read_bytes())
    data[-3] ^= 1
    (place / "api-a.kept").write_bytes(data)
    return path


def _cut(path: Path, place: Path) -> Path:
    (place / "api-a.kept").write_bytes((place / "api-a.kept").read_bytes()[:40])
    return path


def _emptied(path: Path, place: Path) -> Path:
    (place / "api-a.kept").write_bytes(b"")
    return path


def _gone(path: Path, place: Path) -> Path:
    (place / "api-a.kept").unlink()
    return path


@pytest.mark.parametrize("change", [_edited, _renamed, _bit_flipped, _cut, _emptied, _gone])
def test_what_does_not_agree_in_every_bit_is_read_from_the_file(
    change: Callable[[Path, Path], Path], place: Path, tmp_path: Path
) -> None:
    path = list_of(tmp_path / "api" / "a.yaml", "price: 1")
    keep_file(path)
    assert kept(path, Source, unread) == KEPT
    assert taken(change(path, place)) == READ


def test_what_is_kept_is_what_was_parsed_though_the_file_was_saved_meanwhile(place: Path, tmp_path: Path) -> None:
    path = list_of(tmp_path / "api" / "a.yaml", "price: 1")
    parsed = path.read_bytes()
    list_of(path, "price: 2")  # saved while the build checks what it has read
    keep(path, parsed, KEPT)
    assert taken(path) == READ
    list_of(path, "price: 1")
    assert taken(path) == KEPT
    assert place.is_dir()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("name", "form"), [("assumptions.yaml", AssumptionsFile), ("gpus/l4.yaml", GpuFile)])
def test_the_build_keeps_each_file_under_the_bytes_that_it_parsed(
    name: str, form: type[Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (shipped_pricing() / name).read_text(encoding="utf-8")
    path = tmp_path / "pricing" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: tmp_path / "pricing")

    def checked_during_a_save(what: type[Entry], tree: Node) -> Entry:
        path.write_text(f"{text}# saved\n", encoding="utf-8")
        return validated(what, tree)

    monkeypatch.setattr("costcalc.catalog.forms.diagnose.validated", checked_during_a_save)
    keep_shipped()
    other = form.model_construct()
    assert kept(path, form, lambda: other) is other
    path.write_text(text, encoding="utf-8")
    assert kept(path, form, unread) == validated(form, parse_yaml(read_document(path)))


def test_what_other_code_or_other_versions_kept_is_read_from_the_file(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "costcalc"
    for source in keeping.sources():
        copy = package / source.relative_to(Path(keeping.__file__).parents[2])
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    versions = [list_of(tmp_path / stated.parent.name / stated.name, "1") for stated in keeping.stated_versions()]
    monkeypatch.setattr(keeping, "_PACKAGE", package)
    monkeypatch.setattr(keeping, "stated_versions", lambda: versions)
    path = list_of(tmp_path / "api" / "a.yaml", "price: 1")
    keeping.code.cache_clear()
    keep_file(path)
    files = [*keeping.sources(), *versions]
    for file in files:
        before = file.read_bytes()
        file.write_bytes(before + b"\n")
        keeping.code.cache_clear()
        assert taken(path) == READ, file
        file.write_bytes(before)
    list_of(package / "catalog" / "forms" / "more" / "one.py", "")  # a further file, in a folder of its own
    keeping.code.cache_clear()
    assert taken(path) == READ
    monkeypatch.undo()
    keeping.code.cache_clear()
    assert len(files) == len({*files}) >= 39
    assert taken(path) == READ  # the code as it is did not keep it
    assert not place.exists() or place.is_dir()


def test_the_versions_of_pydantic_and_pyyaml_stand_where_the_hash_looks() -> None:
    import pydantic
    import yaml

    texts = [stated.read_text(encoding="utf-8") for stated in keeping.stated_versions()]
    assert [version in text for version, text in zip((pydantic.VERSION, yaml.__version__), texts, strict=True)] == [
        True,
        True,
    ]


class Payload:
    """Runs a command where somebody unpickles it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return (exec, (f"open({str(self.trace)!r}, 'w').close()",))


POISON = [
    '{"title": "t"}',  # a required field is missing
    '{"title": "t", "checked": "2026-11-01", "__class__": "x"}',  # no such field
    '{"title": "t", "checked": 5}',
    '{"py/reduce": [{"py/type": "os.system"}, ["true"]]}',
    "[1]",
    "null",
    "NaN",
    "!!python/object/apply:os.system [true]",
    "[" * 100_000,
    "{",
    "",
]


@pytest.mark.parametrize("text", POISON)
def test_what_is_no_data_of_the_form_is_read_from_the_file(
    text: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = list_of(tmp_path / "api" / "a.yaml", "price: 1")
    monkeypatch.setattr(keeping, "written", lambda _: text)
    keep_file(path)  # under a key and a hash that agree
    assert place.is_dir()
    assert taken(path) == READ


def test_code_under_a_valid_key_never_runs(place: Path, tmp_path: Path) -> None:
    path, trace = list_of(tmp_path / "api" / "a.yaml", "price: 1"), tmp_path / "it-ran"
    payload = pickle.dumps(Payload(trace))
    place.mkdir()
    (place / "api-a.kept").write_bytes(seal(path, path.read_bytes(), payload) + payload)
    assert taken(path) == READ
    assert not trace.exists()
    pickle.loads(payload)  # noqa: S301  # to see that it would have run
    assert trace.exists()


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (OptionsFile, {"options": {"a": {"kind": "self_host", "tokens_per_s": 900, "usd_per_gpu_hour": "2.0 to 4.0"}}}),
        (
            Model,
            {
                "prices": [
                    {
                        "effective": "2026-01-01",
                        "usd_per_mtok": {"input": Decimal("1E+1"), "output": Decimal("2.50")},
                        "when": [
                            {"utc": ["01:00-04:00", "16:30-24:00"], "weekdays": ["mon"], "multiply": Decimal("0.5")},
                            {"region": "eu", "multiply": {"input": 2}},
                        ],
                        "source": {"title": "t\n\u2028", "checked": "2026-01-01"},
                    }
                ]
            },
        ),
    ],
)
def test_what_is_written_is_read_back_to_the_last_digit(form: type[Entry], data: object) -> None:
    checked = form.model_validate(data)
    again = read_back(form, written(checked))
    assert again == checked
    assert repr(again) == repr(checked)  # 2.50 is not 2.5
    assert again.model_dump(exclude_unset=True) == checked.model_dump(exclude_unset=True)


@pytest.mark.clock
def test_every_module_that_reads_or_checks_a_shipped_file_is_in_the_hash() -> None:
    program = (
        "import sys, costcalc.catalog.layers.kept as kept\n"
        "from costcalc.catalog.layers.load import keep_shipped\n"
        "kept.keep = lambda *_: None\n"
        "keep_shipped()\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('costcalc')), sep='\\n')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    used = {Path(line) for line in ran.stdout.split()}
    package = Path(keeping.__file__).parents[2]
    hashed = set(keeping.sources())
    assert used - hashed == {package / "__init__.py"}  # the public names, no code
    assert package / "catalog" / "forms" / "scalars.py" in hashed  # a subfolder's file: the walk is recursive


def test_a_file_that_is_wrong_is_not_kept(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("options", "assumptions", "quality", "rules", "kinds"):
        list_of(tmp_path / f"{name}.yaml", f"{name}: {{}}")
    list_of(tmp_path / "kinds.yaml", "kinds: {general: 5}")
    list_of(tmp_path / "api" / "acme.yaml", "provider: acme\nmodels: {y: {prices: 1}}")
    monkeypatch.setattr("costcalc.catalog.layers.load.shipped_pricing", lambda: tmp_path)
    keep_shipped()
    names = {path.name.removeprefix(f"{tmp_path.name}-") for path in place.iterdir()}
    assert names == {"options.kept", "assumptions.kept", "quality.kept", "rules.kept"}


def test_where_nothing_may_be_written_nothing_is_kept(place: Path) -> None:
    place.write_text("a file where the folder would be")
    keep_shipped()
    assert place.read_text() == "a file where the folder would be"
    assert load_catalog().options
