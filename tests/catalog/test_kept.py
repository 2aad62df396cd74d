"""What a build keeps of the shipped catalog: the same as the files say, and never anything else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from costcalc.catalog.layers import kept as keeping
from costcalc.catalog.layers.kept import keep, kept
from costcalc.catalog.layers.load import keep_shipped, load_catalog, shipped_pricing


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory for what is kept."""
    monkeypatch.setattr(keeping, "_KEPT", tmp_path / "kept")
    return tmp_path / "kept"


def unread() -> str:
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
    files = [path for path in shipped_pricing().rglob("*.yaml") if path.name != "suppressions.yaml"]
    assert {path.name for path in place.iterdir()} >= {f"{path.parent.name}-{path.stem}.kept" for path in files}
    for module in ("folder", "table"):
        monkeypatch.setattr(f"costcalc.catalog.layers.{module}.validated", lambda *_: unread())
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
    keep(path, "as it was kept")
    assert kept(path, unread) == "as it was kept"
    assert kept(change(path, place), lambda: "as it reads") == "as it reads"


def test_what_other_code_or_another_pydantic_kept_is_read_from_the_file(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = list_of(tmp_path / "api" / "a.yaml", "price: 1")
    keep(path, "as it was kept")
    for changed in ("pydantic.VERSION", "costcalc.catalog.layers.kept._SINGLE"):
        with monkeypatch.context() as patch:
            patch.setattr(changed, "0.0" if changed.endswith("VERSION") else ("units",))
            keeping.code.cache_clear()
            assert kept(path, lambda: "as it reads") == "as it reads"
        keeping.code.cache_clear()
    assert kept(path, unread) == "as it was kept"
    assert place.is_dir()


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
