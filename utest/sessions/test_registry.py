"""Aliases: which is current, what closes in which order, and what is said about one that is not open."""

import pytest

from CanLibrary.errors import BusError, CanLibraryError, ConfigurationError
from CanLibrary.sessions.registry import Owner, Registry


class Session:
    """The least that a registry keeps."""

    def __init__(self, alias, owner=Owner(), untold=(), failing=None):  # noqa: B008
        self.alias, self.owner, self.closed = alias, owner, False
        self.notices = []
        self.untold, self.failing, self.closes = list(untold), failing, 0

    def close(self):
        self.closes += 1
        self.closed = True
        if self.failing:
            raise self.failing
        return self.untold


@pytest.fixture
def new_registry():
    def make(*described, noun="bus"):
        return Registry(noun, "Open Can Bus", described, Session)

    return make


@pytest.fixture
def registry(new_registry):
    return new_registry()


def added(registry, *aliases, **fields):
    for alias in aliases:
        registry.add(Session(alias, **fields))
    return registry


def refusal(call, *args):
    with pytest.raises(ConfigurationError) as refused:
        call(*args)
    return str(refused.value)


class TestCurrent:
    def test_it_is_the_one_opened_last(self, registry):
        assert registry.current is None
        assert added(registry, "body", "engine").current == "engine"
        assert registry.get(None).alias == "engine"

    def test_it_is_the_one_switched_to(self, registry):
        added(registry, "body", "engine", "door")
        assert registry.switch("body") == "door"
        assert registry.get(None).alias == "body"
        assert registry.switch("engine") == "body"

    def test_when_it_closes_it_is_the_one_opened_last_of_the_others(self, registry):
        added(registry, "body", "engine", "door")
        registry.switch("body")
        registry.close("body")
        assert registry.current == "door"
        registry.close(None)
        assert registry.current == "engine"
        registry.close(None)
        assert registry.current is None

    def test_another_one_that_closes_does_not_change_it(self, registry):
        added(registry, "body", "engine")
        registry.close("body")
        assert registry.current == "engine"

    def test_an_alias_that_is_opened_again_is_the_newest(self, registry):
        added(registry, "body", "engine")
        registry.close("body")
        added(registry, "body")
        assert list(registry.open) == ["engine", "body"]

    def test_a_first_use_by_name_does_not_switch(self, new_registry):
        registry = added(new_registry("described"), "body")
        assert registry.get("described").alias == "described"
        assert registry.current == "body"

    def test_a_first_use_where_nothing_is_open_does(self, new_registry):
        registry = new_registry("one", "other")
        registry.get("one")
        assert registry.current == "one"

    def test_a_switch_to_one_that_is_described_opens_it(self, new_registry):
        registry = added(new_registry("described"), "body")
        assert registry.switch("described") == "body"
        assert registry.get(None).alias == "described"

    def test_a_switch_to_one_that_is_unknown_changes_nothing(self, registry):
        added(registry, "body", "engine")
        refusal(registry.switch, "door")
        assert registry.current == "engine"


class TestFirstUse:
    def test_the_only_one_described_needs_no_name(self, new_registry):
        registry = new_registry("described")
        assert registry.get(None).alias == "described"
        assert registry.get(None) is registry.get("described")

    def test_one_that_was_closed_opens_again(self, new_registry):
        registry = new_registry("described")
        first = registry.get("described")
        registry.close("described")
        assert registry.get("described") is not first

    def test_of_several_one_must_be_named(self, new_registry):
        assert refusal(new_registry("body", "engine").get, None) == (
            "Which bus? The configuration describes 'body' and 'engine'; name it with bus=."
        )

    def test_nothing_described(self, registry):
        with pytest.raises(CanLibraryError) as refused:
            registry.get(None)
        assert str(refused.value) == "No bus is open; open one with Open Can Bus."

    def test_one_that_cannot_be_opened_is_not_taken_in(self):
        def fail(alias):
            raise BusError(f"{alias} is broken.")

        registry = Registry("bus", "Open Can Bus", ["described"], fail)
        with pytest.raises(BusError, match=r"^described is broken\.$"):
            registry.get("described")
        assert registry.open == {}


class TestRefusals:
    def test_an_alias_that_is_taken(self, registry):
        added(registry, "body")
        registry.check_free("engine")
        assert refusal(registry.check_free, "body") == (
            "Bus 'body' is already open; close it first or use another alias."
        )
        registry.close("body")
        registry.check_free("body")

    @pytest.mark.parametrize(
        ("described", "opened", "alias", "sentence"),
        [
            ((), (), "body", "Bus 'body' is not open (no bus is)."),
            ((), ("engine",), "body", "Bus 'body' is not open (open: 'engine')."),
            (
                (),
                ("bodi", "engine"),
                "body",
                "Bus 'body' is not open (open: 'bodi' and 'engine'); did you mean 'bodi'?",
            ),
            (
                ("chassis", "engine"),
                ("engine",),
                "chasis",
                "Bus 'chasis' is not open (open: 'engine'; described: 'chassis'); did you mean 'chassis'?",
            ),
            (("chassis",), (), "body", "Bus 'body' is not open (no bus is; described: 'chassis')."),
        ],
    )
    def test_an_alias_that_is_not_open(self, new_registry, described, opened, alias, sentence):
        registry = added(new_registry(*described), *opened)
        assert refusal(registry.get, alias) == sentence
        assert refusal(registry.close, alias) == sentence
        assert refusal(registry.switch, alias) == sentence

    def test_an_alias_that_was_closed(self, registry):
        added(registry, "body")
        registry.close("body")
        assert refusal(registry.get, "body") == "Bus 'body' was closed; open it again before use."

    def test_the_noun_is_the_registrys(self, new_registry):
        assert refusal(new_registry(noun="connection").get, "diag") == (
            "Connection 'diag' is not open (no connection is)."
        )


class TestClose:
    def test_twice_is_fine(self, registry):
        added(registry, "body", untold=["Something happened."])
        session = registry.get("body")
        assert [str(error) for error in registry.close("body")] == ["Something happened."]
        assert registry.close("body") == []
        assert session.closes == 1

    def test_nothing_open_is_fine(self, new_registry):
        assert new_registry().close(None) == []
        assert new_registry("described").close("described") == []
        assert new_registry("described").close(None) == []

    def test_all_the_newest_first(self, registry):
        closed = []
        for alias in ("body", "engine", "door"):
            session = Session(alias)
            session.close = lambda alias=alias, session=session: (
                closed.append(alias) or setattr(session, "closed", True) or [f"{alias}."]
            )
            registry.add(session)
        assert [str(error) for error in registry.close_all()] == ["door.", "engine.", "body."]
        assert closed == ["door", "engine", "body"]
        assert registry.close_all() == []

    def test_one_that_fails_does_not_stop_the_others(self, registry):
        added(registry, "body", untold=["Something happened."])
        added(registry, "engine", failing=BusError("The driver refuses."))
        added(registry, "door")
        assert [str(error) for error in registry.close_all()] == [
            "The driver refuses.",
            "Something happened.",
        ]
        assert registry.open == {}

    def test_only_those_of_an_owner(self, registry):
        suite, test = Owner("Suite"), Owner("Suite", "Test")
        added(registry, "body", owner=suite)
        added(registry, "engine", owner=test)
        registry.close_all(lambda owner: bool(owner.test))
        assert list(registry.open) == ["body"]

    def test_what_a_session_noticed_is_kept(self, registry):
        added(registry, "body")
        registry.get("body").notices.append("By the way.")
        registry.close("body")
        assert registry.notices == ["By the way."]
