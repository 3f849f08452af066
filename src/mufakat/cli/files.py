"""Whether files can be kept where the settings say, tried before a command that needs it begins."""

from mufakat.cli.errors import CliError
from mufakat.evidence.vault import Vault, VaultError
from mufakat.settings import Settings, files_place


async def check_files(found: Settings) -> None:
    """Write, read and drop a small file where files are kept, so that a wrong place is known before the first comes.

    Raises CliError where that cannot be done.
    """
    where = files_place(found)
    try:
        await Vault.at(where).check()
    except VaultError as error:
        why = str(error).removesuffix(".")
        raise CliError(f"MUFAKAT_FILES cannot be used, which is {where}: {why}.") from error
