"""What people wrote, made fit for paper: no characters that no font has or that turn the text around them."""


def clean(said: str) -> str:
    """The text without control characters, invisible marks of direction among them; spaces and line ends stay."""
    return "".join(each for each in said if each.isprintable() or each in "\n\t" or _is_space(each))


def _is_space(character: str) -> bool:
    """Whether it is a space that no control character is: those of other scripts count as not printable too."""
    return character.isspace() and ord(character) >= 0xA0  # noqa: PLR2004 - the first after the control characters
