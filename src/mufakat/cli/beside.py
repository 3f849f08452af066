"""What runs beside deadlines and deliveries, in `serve` and in `work`, so that neither forgets a loop."""

import asyncio
from random import SystemRandom
from typing import TYPE_CHECKING

from mufakat.cli.place import Place
from mufakat.engine.accounts.contacts import Contacts
from mufakat.engine.carriers.telling import Scans
from mufakat.engine.deliveries import Deliveries
from mufakat.engine.hooks.delivering import HookDeliveries
from mufakat.engine.machine import BySignals
from mufakat.engine.reconciling import Reconciling
from mufakat.engine.sampling import Sampling
from mufakat.engine.signals.noting import Noting
from mufakat.engine.signals.telling import Signals
from mufakat.engine.sweeping import Sweeping
from mufakat.engine.work import Pass
from mufakat.evidence.vault import Vault
from mufakat.settings import files_place, smtp_password

if TYPE_CHECKING:
    from mufakat.engine.telling import Tellings


def beside(place: Place, stop: asyncio.Event | None = None) -> list[Pass]:
    """One pass of each: learn which marketplaces there are, sweep files, note what signals are made of, draw samples of
    judgements, send webhooks, tell orders what carriers reported, and once a day compare the money of each marketplace
    with its provider's books.

    stop: set when a pass is to end with what it has in hand. Raises VaultError where files cannot be kept.
    """
    clock = place.engine.clock
    sweeping = Sweeping(place.store, Vault.at(files_place(place.settings)), clock)
    sampling = Sampling(place.store, place.sealer, clock, place.settings.sample_share)
    noting = Noting(place.store, place.sealer, clock)
    hooks = HookDeliveries(place.store, place.sender, clock, SystemRandom())
    scans = Scans(place.engine, place.store, place.sealer)
    told = mailing(place)
    reconciling = Reconciling(place.engine, place.store, place.providers)
    return [
        place.providers.refresh,
        lambda: sweeping.drain(stop),
        lambda: noting.drain(stop),
        lambda: sampling.drain(stop),
        lambda: hooks.drain(stop),
        lambda: scans.drain(stop),
        lambda: reconciling.drain(stop),
        *([lambda: told.drain(stop)] if told is not None else []),
    ]


def mailing(place: Place) -> "Tellings | None":
    """The loop that writes to parties; None where no mail server is set."""
    found = place.settings
    if not found.smtp.port:
        return None
    from mufakat.engine.telling import From, Tellings
    from mufakat.notify.smtp import Post, Server, Tls

    server = Server(found.smtp.host, found.smtp.port, Tls(found.smtp_tls), found.smtp_user, smtp_password(found))
    contacts = Contacts(place.store, place.sealer, place.engine.clock)
    who = From(found.mail_from, found.public_url, place.sealer.letter_name)
    return Tellings(place.store, contacts, place.engine.clock, Post(server), who, SystemRandom())


def deliveries_of(place: Place) -> Deliveries:
    """The delivery loop of a place, whose machine judges only where no signal was seen."""
    doubts = BySignals(Signals(place.store, place.sealer, place.engine.clock))
    return Deliveries(place.engine, place.providers, SystemRandom(), doubts=doubts)
