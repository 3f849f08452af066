"""What may go wrong on the command line, told in one sentence with exit code 2."""

import logging
import sys
from collections.abc import Callable

from mufakat.cli import ERROR, INTERRUPTED


class CliError(Exception):
    """Something the caller can mend; the text is a sentence for people."""


def told(run: Callable[[], int]) -> int:
    """The exit code of a run; what it raises is told in a sentence on standard error."""
    try:
        return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; Python would complain about flushing
        return ERROR
    except Exception as error:
        if logging.getLogger("mufakat").isEnabledFor(logging.DEBUG):
            logging.getLogger("mufakat").debug("the command failed", exc_info=error)
        sys.stderr.write(f"mufakat: {sentence(error)}\n")
        return ERROR


def sentence(error: Exception) -> str:
    """One sentence about an error, whatever it is."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - an error that cannot even be told is still told
        text = ""
    if isinstance(error, OSError) and error.filename and error.strerror:
        text = f"{error.filename} cannot be used ({error.strerror})"
    elif not _is_ours(error):
        text = f"{_beginning(error)} ({type(error).__name__}{': ' if text else ''}{text})"
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _beginning(error: Exception) -> str:
    if isinstance(error, OSError):
        return "The system says no"
    module = type(error).__module__
    if module.startswith("asyncpg"):
        return "The database says no"
    if type(error).__name__ == "StoreLost":
        return "The database went away, and whether the last command took effect is unknown; give it again, same --key"
    return "Something went wrong that should not; please report it"


def _is_ours(error: Exception) -> bool:
    """Whether the text of the error is a sentence already."""
    from cyclopts import CycloptsError

    from mufakat.core.policy.faults import ParseError
    from mufakat.core.policy.rulebook import BeforeRulebookError
    from mufakat.evidence.vault import VaultError
    from mufakat.settings import SettingError
    from mufakat.store.codec import CodecError
    from mufakat.store.migrate import MigrationError
    from mufakat.store.programs import EmbeddedError
    from mufakat.store.seal import SealError

    ours = (BeforeRulebookError, CliError, CodecError, CycloptsError, EmbeddedError, MigrationError, ParseError)
    return isinstance(error, (*ours, SealError, SettingError, VaultError))
