"""Which payment provider each marketplace has, by the settings."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from mufakat.cli.errors import CliError
from mufakat.engine.ports import Clock
from mufakat.payments.false import FalseProvider
from mufakat.payments.false_tables import TableBooks
from mufakat.payments.hooks import Hooks, MarketplaceHooks
from mufakat.payments.line import Line
from mufakat.payments.marketplace import MarketplaceProvider
from mufakat.payments.provider import Answer, Capabilities, Owed, Provider, Standing, Verb
from mufakat.settings import Settings, provider_secret, stripe_key
from mufakat.store.postgres import PostgresStore
from mufakat.store.records import Marketplace


@dataclass(slots=True)
class FalseProviders:
    """The built-in false payment provider of each marketplace, on that marketplace's clock."""

    store: PostgresStore
    clock: Clock
    places: dict[str, Marketplace] = field(default_factory=dict)

    async def refresh(self) -> int:
        """Learn which marketplaces there are and what their clocks show; 0, for loops that count work."""
        self.places = {each.marketplace: each for each in await self.store.marketplaces()}
        return 0

    def provider(self, marketplace: str) -> FalseProvider:
        """Its provider, whose calls raise KeyError for a marketplace that does not exist."""
        known = self.places.get(marketplace)
        # A new marketplace is not known yet, and a sandbox's clock may have been moved a moment ago.
        before = self.refresh if known is None or known.sandbox else None
        return FalseProvider(TableBooks(self.store.pool, marketplace, before), self._clock(marketplace))

    def _clock(self, marketplace: str) -> Callable[[], datetime]:
        return lambda: self.places[marketplace].at(self.clock.now())


@dataclass(frozen=True, slots=True)
class _NotKnownYet:
    """The provider of a marketplace that was just made: a sandbox must not be taken for a live one, so look first."""

    chosen: "ChosenProviders"
    marketplace: str

    async def _found(self) -> Provider:
        await self.chosen.refresh()
        if self.marketplace not in self.chosen.built_in.places:
            raise KeyError(self.marketplace)
        return self.chosen.provider(self.marketplace)

    async def capabilities(self) -> Capabilities:
        return await (await self._found()).capabilities()

    async def call(self, verb: Verb, key: str, owed: Owed) -> Answer:
        return await (await self._found()).call(verb, key, owed)

    async def lookup(self, key: str, owed: Owed) -> Answer | None:
        return await (await self._found()).lookup(key, owed)

    async def status(self, owed: Owed) -> Standing | None:
        return await (await self._found()).status(owed)


@dataclass(slots=True)
class ChosenProviders:
    """The provider of the settings for live marketplaces; the built-in one for sandboxes, whose money is made up."""

    built_in: FalseProviders
    live: Callable[[str], Provider] | None = None
    hooks: Hooks | None = None
    _live: dict[str, Provider] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def of(cls, found: Settings, store: PostgresStore, clock: Clock) -> AsyncIterator["ChosenProviders"]:
        """Those of some settings, closed after the block. Raises CliError where the SDK of one is not installed."""
        chosen = cls(FalseProviders(store, clock))
        async with AsyncExitStack() as stack:
            if found.provider == "marketplace":
                secret = provider_secret(found)
                line = Line(found.provider_url, secret, private=found.provider_private)
                stack.push_async_callback(line.close)
                chosen.live, chosen.hooks = lambda name: MarketplaceProvider(line, name), MarketplaceHooks(secret)
            elif found.provider == "stripe":
                await chosen.use_stripe(found, stack)
            await chosen.refresh()
            yield chosen

    async def use_stripe(self, found: Settings, stack: AsyncExitStack) -> None:
        """Make one account at Stripe the provider of every live marketplace."""
        try:
            from mufakat.payments.stripe import StripeProvider
            from mufakat.payments.stripe_hooks import StripeHooks
        except ImportError as error:
            needs = "MUFAKAT_PROVIDER=stripe needs Stripe's own package"
            raise CliError(f"{needs}: pip install 'mufakat[stripe]'.") from error
        account = StripeProvider(stripe_key(found).decode(), connect=found.stripe_connect, base=found.stripe_url)
        stack.push_async_callback(account.aclose)
        self.live = lambda _: account
        if found.stripe_webhook_secret:
            self.hooks = StripeHooks(found.stripe_webhook_secret.decode())

    async def refresh(self) -> int:
        """Learn which marketplaces there are and what their clocks show; 0, for loops that count work."""
        return await self.built_in.refresh()

    def provider(self, marketplace: str) -> Provider:
        """Its provider, whose calls raise KeyError for a marketplace that does not exist."""
        known = self.built_in.places.get(marketplace)
        if self.live is None or (known is not None and known.sandbox):
            return self.built_in.provider(marketplace)
        if known is None:
            return _NotKnownYet(self, marketplace)
        if marketplace not in self._live:
            self._live[marketplace] = self.live(marketplace)
        return self._live[marketplace]
