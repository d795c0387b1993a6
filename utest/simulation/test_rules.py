"""Which rule counts."""

from CanLibrary.config.ecus import RequestRule
from CanLibrary.simulation.rules import Rules
from CanLibrary.types import Pattern, Payload


def rule(request, response, count=None):
    return RequestRule(Pattern(request), (Payload(response),), count=count)


def answer(rules, request):
    found = rules.take(lambda rule: rule.request.matches(Payload(request)))
    return found and str(found.responses[0])


def test_a_later_rule_goes_before_an_earlier_one():
    rules = Rules((rule("22 *", "7F 22 31"), rule("22 F1 90", "62")))
    assert answer(rules, "22 F1 90") == "62"
    assert answer(rules, "22 F1 91") == "7F 22 31"
    rules.add(rule("22 *", "7F 22 33"))
    assert answer(rules, "22 F1 90") == "7F 22 33"
    assert answer(rules, "3E 00") is None


def test_a_rule_that_counts_so_often_is_gone_after_that():
    rules = Rules((rule("22 *", "62"),))
    rules.add(rule("22 *", "7F 22 21", count=2))
    assert [answer(rules, "22 00") for _ in range(4)] == ["7F 22 21", "7F 22 21", "62", "62"]


def test_a_rule_for_the_same_replaces_what_can_never_count_again():
    rules = Rules()
    for number in range(100):
        rules.add(rule("22 F1 90", [number]))
    rules.add(rule("22 *", "62"))
    assert len(rules.all) == 2
    assert answer(rules, "22 F1 90") == "62"
