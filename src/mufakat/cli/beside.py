"""What runs beside deadlines and deliveries, in `serve` and in `work`, so that neither forgets a loop."""

import asyncio
from random import SystemRandom

from mufakat.cli.place import Place
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
from mufakat.settings import files_place


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
    reconciling = Reconciling(place.engine, place.store, place.providers)
    return [
        place.providers.refresh,
        lambda: sweeping.drain(stop),
        lambda: noting.drain(stop),
        lambda: sampling.drain(stop),
        lambda: hooks.drain(stop),
        lambda: scans.drain(stop),
        lambda: reconciling.drain(stop),
    ]


def deliveries_of(place: Place) -> Deliveries:
    """The delivery loop of a place, whose machine judges only where no signal was seen."""
    doubts = BySignals(Signals(place.store, place.sealer, place.engine.clock))
    return Deliveries(place.engine, place.providers, SystemRandom(), doubts=doubts)
