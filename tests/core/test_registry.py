from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pytest

from harness.core.errors import UsageError
from harness.core.registry import Registry
from harness.core.spec import Spec


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


def test_a_name_is_registered_once(registry):
    with pytest.raises(ValueError, match="plug 'mine' is already registered"):
        registry.add("mine", Plug)


def test_one_meaning_has_one_spelling():
    assert str(Spec.parse("a?y=2&x=1")) == str(Spec.parse("a?x=1&y=2")) == "a?x=1&y=2"
    assert Spec.parse(str(Spec.parse("a?x=b%26c"))) == Spec("a", (("x", "b&c"),))
