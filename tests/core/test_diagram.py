"""The diagrams are drawn from the table and leave nothing out."""

from mufakat.core.diagram import ANYWHERE, PARTS, edges, exits_of, mermaid, table, waits
from mufakat.core.phases import Phase
from mufakat.core.process import OPEN, PROCESS, exits


def test_every_phase_is_drawn_once_with_all_its_exits() -> None:
    drawn = [phase for phases in PARTS.values() for phase in phases]
    assert sorted(drawn) == sorted(OPEN)
    for phase in OPEN:
        assert {to for _, targets in exits_of(phase) for to in targets} == exits(phase) - {phase}


def test_what_is_not_drawn_is_said_in_words_instead() -> None:
    for phase in OPEN:
        drawn = {label for labels in edges(phase).values() for label in labels}
        left = {label for label, _ in exits_of(phase)} - drawn
        assert {label.split(" ")[0] for label in left} <= {*ANYWHERE, "RecordFact"}, "a bank's notice is said in words"


def test_a_diagram_names_command_role_and_silence() -> None:
    text = mermaid("Between the two")
    assert "REVIEW --> REJECTED: RejectRequest (S), silence: REJECT" in text
    assert "REJECTED --> [*]: WithdrawRequest (C), silence: CLOSE" in text
    assert "REVIEW --> REMEDY: ApproveRequest (S), silence: APPROVE" in text
    assert "[*] --> REVIEW: OpenRequest" in text


def test_the_tables_are_whole() -> None:
    assert len(table()) == len(PROCESS)
    assert {row[0] for row in waits()} == set(OPEN)
    assert Phase.CLOSED not in {row[0] for row in waits()}
