from __future__ import annotations

import inspect
import sys
from dataclasses import dataclass
from typing import Protocol

import pytest

from harness.core.errors import UsageError
from harness.core.registry import Registry, _methods, _takes
from harness.core.spec import Spec
from harness.kinds import kinds
from harness.models.reference import laws
from harness.reports import renderers
from harness.reports.exports import exporters
from harness.runs.executors import executors
from harness.scenarios.importers import importers
from harness.scoring import scorers
from harness.scoring.rules import rules
from harness.sessions.fillers import fillers
from harness.sessions.memories import memories
from harness.sessions.policies import policies


class Sounds(Protocol):
    @property
    def pitch(self) -> int: ...

    def sound(self, times: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Plug:
    rate: float = 0.5
    n: int = 1
    loud: bool = False
    tokens: int | None = None
    words: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self):
        if self.rate > 1:
            raise ValueError("rate is at most 1")

    def sound(self, times: int, /) -> str:
        return self.name * times


class Silent:
    pass


class Deaf:
    def sound(self):
        pass


class Falls:
    def __init__(self):
        raise RuntimeError("no wire")

    def sound(self, times):
        pass


def bare():
    return Plug()


@pytest.fixture
def registry():
    found: Registry[Plug] = Registry("plug", Sounds)
    found.add("mine", Plug)
    found.add("bare", bare)
    return found


def test_options_arrive_as_the_types_that_the_plug_declares(registry):
    plug = registry.resolve("mine?rate=0.25&n=3&loud=true&tokens=7&words=a,b&name=x")
    assert plug == Plug(0.25, 3, True, 7, ("a", "b"), "x")


def test_a_plug_of_a_users_module_is_found_by_its_path(registry):
    assert registry.resolve(f"{__name__}:Plug?n=3") == Plug(n=3)


CODE = [
    ("os:abort", "plug 'os:abort' is a builtin_function_or_method, expected a class; see Sounds"),
    ("subprocess:Popen", "plug 'subprocess:Popen' has no method 'sound'; see Sounds in"),
    (f"{__name__}:bare", "is a function, expected a class"),
    (f"{__name__}:Silent", "has no method 'sound'"),
    (f"{__name__}:Deaf", "'sound' does not take what it is given"),
    (f"{__name__}:Falls", "cannot be made: RuntimeError: no wire"),
    ("antigravity.:x", "plug 'antigravity.:x' is no package.module:Name"),
    ("../evil:x", "plug '../evil:x' is no package.module:Name"),
]


@pytest.mark.parametrize(("spec", "message"), CODE)
def test_code_is_a_class_of_its_kind_before_an_instance_is_made(registry, spec, message):
    with pytest.raises(UsageError, match=message):
        registry.resolve(spec)


def test_to_check_a_spec_imports_nobodys_code(registry, tmp_path, monkeypatch):
    (tmp_path / "loud_module.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.chdir(tmp_path)
    registry.check("loud_module:Plug?anything=1")
    assert registry.is_code("loud_module:Plug")
    assert not registry.is_code("mine?name=a:b")
    with pytest.raises(UsageError, match="unknown plug 'mime'"):
        registry.check("mime")
    with pytest.raises(UsageError, match=r"is no package\.module:Name"):
        registry.check("a b:C")
    with pytest.raises(UsageError, match=r"does not load: SystemExit: imported"):
        registry.resolve("loud_module:Plug")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("mime", r"unknown plug 'mime': did you mean 'mine'\? \(or give package.module:Name\)"),
        ("mine?rat=1", "plug 'mine' has no option 'rat': did you mean 'rate'"),
        ("mine?n=x", "plug 'mine', option 'n': got 'x', expected a whole number"),
        ("mine?rate=x", "option 'rate': got 'x', expected a number"),
        ("mine?loud=maybe", "option 'loud': got 'maybe', expected true or false"),
        ("mine?rate=2", "rate is at most 1"),
        ("bare?x=1", "plug 'bare' takes no options"),
        ("no.such.module:Name", "plug 'no.such.module:Name' does not load: ModuleNotFoundError"),
        ("fractions:Nothing", "plug 'fractions:Nothing' does not load: AttributeError"),
        ("?a=1", "names nothing"),
        ("mine?rate", "'rate' in 'mine\\?rate' is not option=value"),
        ("mine?rate=1&rate=1", "option 'rate' stands twice"),
    ],
)
def test_a_wrong_spec_says_what_is_wrong_with_it(registry, spec, message):
    with pytest.raises(UsageError, match=message):
        registry.resolve(spec)


def test_a_built_in_that_is_given_by_its_path_is_imported_when_it_is_asked_for(
    registry, tmp_path, monkeypatch
):
    (tmp_path / "late_plug.py").write_text(
        "from dataclasses import dataclass\n"
        "@dataclass\nclass Late:\n    n: int = 1\n    def sound(self, times, /): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry.add("late", "late_plug:Late")
    assert "late" in registry.names()
    assert registry.is_built_in("late?n=2")
    assert "late_plug" not in sys.modules
    assert registry.resolve("late?n=2").n == 2
    with pytest.raises(UsageError, match="plug 'late' has no option 'm': known: n"):
        registry.resolve("late?m=2")
    monkeypatch.delitem(sys.modules, "late_plug")


def test_a_plug_of_another_distribution_is_found_once_its_folder_is_there(
    registry, tmp_path, monkeypatch
):
    assert "brought" not in registry.names()
    about = tmp_path / "other-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[session_harness.plug]\nbrought = {__name__}:Plug\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "brought" in registry.names()
    assert registry.resolve("brought?n=3") == Plug(n=3)


REGISTRIES = (
    exporters, executors, fillers, importers, kinds, laws, memories, policies, renderers, rules,
    scorers,
)  # fmt: skip


@pytest.mark.parametrize("known", REGISTRIES, ids=lambda known: known.kind.replace(" ", "-"))
def test_every_plug_that_comes_along_loads_and_has_the_methods_of_its_kind(known):
    built_in = [name for name in known.names() if known.is_built_in(name)]
    assert built_in
    for name in built_in:
        plug = known._find(Spec(name))
        for method, wanted in _methods(known._protocol):
            assert _takes(getattr(plug, method), len(inspect.signature(wanted).parameters)), name


def test_a_name_is_registered_once(registry):
    with pytest.raises(ValueError, match="plug 'mine' is already registered"):
        registry.add("mine", Plug)


def test_one_meaning_has_one_spelling():
    assert str(Spec.parse("a?y=2&x=1")) == str(Spec.parse("a?x=1&y=2")) == "a?x=1&y=2"
    assert Spec.parse(str(Spec.parse("a?x=b%26c"))) == Spec("a", (("x", "b&c"),))
