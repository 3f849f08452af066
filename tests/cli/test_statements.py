"""`mufakat statement`: on the terminal, as a page, as a PDF; for each side."""

from pathlib import Path

from tests.cli.typing_in import disputed, fine, judged, mufakat


def test_s15_the_reasons_of_a_judgement_for_each_side(place: Path) -> None:
    case = judged(place)
    customer = fine("statement", case, "--for", "CUSTOMER", "--language", "en")
    assert "Statement of reasons" in customer
    assert "I want my money back." in customer
    assert "The seller bears" not in customer
    seller = fine("statement", case, "--for", "SELLER", "--language", "id", "--number", "1")
    assert "Surat alasan putusan" in seller
    assert "I want my money back." not in seller


def test_as_files_the_same_bytes_each_time(place: Path) -> None:
    case = judged(place)
    kept = []
    for name in ("one", "two"):
        page, paper = place / f"{name}.html", place / f"{name}.pdf"
        said = fine("statement", case, "--for", "CUSTOMER", "--html", str(page), "--pdf", str(paper))
        assert str(paper) in said.replace("\n", "")
        kept.append((page.read_bytes(), paper.read_bytes()))
    assert kept[0] == kept[1]
    assert kept[0][1].startswith(b"%PDF")


def test_what_cannot_be_written_is_one_sentence(place: Path) -> None:
    case = disputed(place)
    assert "was not judged" in mufakat("statement", case, "--for", "SELLER").err
    assert "There is no case x-9" in mufakat("statement", "x-9", "--for", "SELLER").err


def test_a_file_that_cannot_be_written_and_a_number_that_there_is_not(place: Path) -> None:
    case = judged(place)
    assert "none has the number 9" in mufakat("statement", case, "--for", "SELLER", "--number", "9").err
    said = mufakat("statement", case, "--for", "SELLER", "--html", str(place / "nowhere" / "s.html"))
    assert said.code == 2
    assert "cannot be written" in said.err
