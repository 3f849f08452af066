"""The sections of the page about the platform's own record (S7): what it knows, and what follows from it."""

from mufakat.cli.page.reader import Reader
from mufakat.cli.page.sections import Section
from mufakat.core.derived import derived
from mufakat.core.record import record
from mufakat.core.words.record import tell_entry, tell_fact, tell_how, tell_source


def knows(r: Reader) -> Section:
    """What the platform itself knows: each with its number, its source and its time."""
    rows = [
        (each.ref, r.at(each.at), tell_source(each, r.language), tell_entry(each, r.language, *_there(r)))
        for each in record(r.order, r.case, r.moment)
    ]
    columns = ("", r.say("since", "sejak"), r.say("source", "sumber"), r.say("what", "apa"))
    return Section(r.say("What the platform knows", "Yang diketahui platform"), tuple(rows), columns)


def follows(r: Reader) -> Section:
    """What follows from it: each with how it was come by."""
    rows = []
    for each in derived(r.order, r.case, r.policy, r.moment):
        rows += [(tell_fact(each, r.language, *_there(r)),), (f"  {tell_how(each, r.language)}",)]
    return Section(r.say("What follows from it", "Yang dapat disimpulkan"), tuple(rows))


def _there(r: Reader) -> tuple[str, str]:
    """The market's zone and the case's currency."""
    return r.policy.zone, r.case.currency
