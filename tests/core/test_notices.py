"""Every notice that the core can make has words for each who can get it, in both languages (S1, S8, S27)."""

import re
from datetime import UTC, datetime

import pytest

from mufakat.core.effects import Effect, EffectKind, effects, of_one_cause
from mufakat.core.notices import READERS, RESULTS, NoticeKind, every_notice, kind_of
from mufakat.core.parties import Role
from mufakat.core.phases import Phase
from mufakat.core.policy.policy import LapseOutcome
from mufakat.core.process import OWNERS
from mufakat.core.words import UNKNOWN, Language
from mufakat.core.words.notices import SAYINGS, SUBJECTS, said, subject, until
from tests.core.stands import OTHER_STANDS, STANDS

AT = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
EVERY = [(code, role) for code, roles in sorted(every_notice().items()) for role in sorted(roles)]


@pytest.mark.parametrize("code, role", EVERY, ids=[f"{code}-{role}" for code, role in EVERY])
@pytest.mark.parametrize("language", Language)
def test_s8_every_notice_has_a_sentence_for_each_who_can_get_it(code: str, role: Role, language: Language) -> None:
    text = said(code, role, language)
    assert text != code
    assert text.endswith(".")
    assert text[0].isupper()
    assert not re.search(r"[{}\[\]]", text)


def test_every_notice_that_a_story_makes_is_known() -> None:
    """What effects really make, from the way to every phase, is in the list that the words are held against."""
    met = set()
    for stand in (*STANDS.values(), *OTHER_STANDS.values()):
        story = stand()
        made = [effect for each in story.log for effect in effects(each, story.case)]
        met |= {(x.code, Role(x.to_role)) for x in made if x.kind is EffectKind.NOTICE}
    assert len(met) > 40
    assert {(code, role) for code, role in met if role not in every_notice().get(code, ())} == set()


def test_no_sentence_is_for_nobody() -> None:
    spoken = {(code, role) for code, words in SAYINGS.items() if isinstance(words, dict) for role in words}
    assert all(role in every_notice()[code] for code, role in spoken)
    assert set(SAYINGS) == {code for code in every_notice() if not code.startswith("reminder.")}
    by_role = {code for code, words in SAYINGS.items() if isinstance(words, dict)}
    assert all(set(SAYINGS[code]) == set(every_notice()[code]) for code in by_role)


def test_a_reminder_says_of_what() -> None:
    asked = said("your_turn.paying", Role.SELLER, Language.EN)
    assert said("reminder.paying", Role.SELLER, Language.EN) == f"Reminder: {asked}"
    assert said("reminder.paying", Role.SELLER, Language.ID).startswith("Pengingat: Silakan bayar")


@pytest.mark.parametrize("outcome", LapseOutcome)
def test_s27_until_when_by_the_markets_clock_and_what_silence_means(outcome: LapseOutcome) -> None:
    for language in Language:
        text = until("your_turn.review", AT, outcome.value, "Asia/Jakarta", language)
        assert "24 November 2026, 14:30 WIB" in text
        assert text.count(".") == 2
        assert UNKNOWN not in text
    assert until("your_turn.review", None, outcome.value, "Asia/Jakarta", Language.EN) == ""
    assert until("dispute.judged_automatically", AT, "", "Asia/Jakarta", Language.EN) == (
        "You can ask for a person until 24 November 2026, 14:30 WIB."
    )


def test_a_subject_names_the_order_and_the_moment_only_where_there_is_one() -> None:
    assert set(SUBJECTS) == set(NoticeKind)
    assert subject(NoticeKind.ASKS, "A-1", AT, "Asia/Jakarta", Language.EN) == (
        "Order A-1: you are asked for something by 24 November 2026, 14:30 WIB"
    )
    assert subject(NoticeKind.ASKS, "A-1", None, "Asia/Jakarta", Language.ID) == (
        "Pesanan A-1: ada yang perlu Anda lakukan"
    )


def test_kinds() -> None:
    assert kind_of("reminder.paying") is NoticeKind.REMINDER
    assert kind_of("your_turn.paying") is NoticeKind.ASKS
    assert kind_of("agreement.proposed") is NoticeKind.ASKS
    assert kind_of("refund.paid") is NoticeKind.RESULT
    assert kind_of("message.sent") is NoticeKind.NEWS
    assert set(every_notice()) >= RESULTS
    assert all(
        f"your_turn.{phase.lower()}" in every_notice() for phase in Phase if OWNERS.get(phase, set()) & set(READERS)
    )


def test_the_notices_of_one_command_to_one_recipient_know_of_each_other() -> None:
    def notice(number: int, role: str, who: str) -> Effect:
        return Effect(EffectKind.NOTICE, f"c:{number}:0", role, who, "x", cause=number)

    hold = Effect(EffectKind.HOLD, "c:4:0", "SELLER", "s", cause=4)
    made = of_one_cause([notice(3, "SELLER", "s"), hold, notice(5, "SELLER", "s"), notice(5, "CUSTOMER", "c")])
    assert [(x.cause, x.among) for x in made] == [(3, 2), (4, 1), (3, 2), (3, 1)]
    assert of_one_cause([]) == ()
