"""Whether files can be kept where the settings say, tried before a command that needs it begins."""

from mufakat.cli.errors import CliError
from mufakat.evidence.vault import Vault, VaultError
from mufakat.settings import Settings, files_place


async def check_files(found: Settings) -> None:
    """Write, read and drop a small file where files are kept, so that a wrong place is known before the first comes.

    Raises VaultError and CliError where that cannot be done.
    """
    where = files_place(found)
    vault = Vault.at(where)
    try:
        await vault.check()
    except VaultError as error:
        why = str(error)
        raise CliError(f"Files cannot be kept in {where}: {why[:1].lower()}{why[1:]}") from error
