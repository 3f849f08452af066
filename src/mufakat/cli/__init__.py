"""The command line: `mufakat VERB ...`. Every verb lives in a module beside this one, loaded only when it is used.

Exit codes: 0 done; 1 a check found something (`verify`, `rebuild`, `reconcile`, `ledger check`, `rulebook check`,
`simulate`), or `orders import` could not use every row; 2 an error, told in one sentence; 3 the rules refused a
command; 130 interrupted. No traceback ever leaves but with MUFAKAT_LOG_LEVEL=debug.
"""

import sys
from collections.abc import Sequence
from typing import Any, Final

ABOUT: Final = "After-sales disputes between customers and sellers, decided by rules that can be read and checked."

VERBS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("lab:demo", "Let imported orders and complaints run to the last closed case, on a clock of their own."),
    "simulate": ("lab:simulate", "Let seeded worlds run and have an independent auditor judge them."),
    "marketplace put": ("orders:put_marketplace", "Add a marketplace, or change its rulebook or clock."),
    "marketplace list": ("orders:list_marketplaces", "List the marketplaces."),
    "order put": ("orders:put_order", "Put orders in, from a file of JSON."),
    "orders import": ("feeding:import_orders", "Take orders and what happened to them from a file: JSON lines or CSV."),
    "orders pull": (
        "pulling:pull_orders",
        "Pull a shop's orders from a marketplace that speaks TikTok Shop's order API.",
    ),
    "orders mapping check": ("feeding:check_mapping", "Show the first orders of a file as a mapping would have them."),
    "fact": ("orders:fact", "Record a later fact about an order: a scan, an outside refund, an amendment."),
    "import": ("importing:import_cases", "Take over cases that are under way in another system, with their history."),
    "do": ("cases:do", "Give a command, as one of the parties, an agent, the clock or the system."),
    "cases": ("cases:cases", "List cases."),
    "case": ("cases:case", "Show a case as a person would want to read it."),
    "worksheet": ("cases:sheet", "Show what an agent has before it judges, and how the judgement would stand."),
    "money": ("ledger:of_case", "Show every movement of money of a case, and what each account stands at."),
    "ledger check": ("ledger:check", "Check the ledger: sums, what is pending, closed cases; with the logs too."),
    "ledger export": ("ledger:export", "Write the ledger as text for beancount."),
    "statement": ("statements:statement", "Write why a case was judged as it was, for one party: text, page or PDF."),
    "quality reversals": ("quality:reversals", "Show how many judgements stood, and what fell by what."),
    "quality agreement": ("quality:agreement", "Show how far two people agree who judged the same blind."),
    "quality times": ("quality:times", "Show how long judgements took."),
    "report": ("reports:report", "Show what happened: volumes, outcomes, times, lapses, reversals, money, by group."),
    "carrier check": ("carriers:check", "Check the file of carriers, and try a message of one."),
    "carrier left": ("carriers:left", "List what carriers reported and no order knows."),
    "work": ("upkeep:work", "Run the deadline loop and the delivery loop."),
    "reconcile": ("reconciling:reconcile", "Compare cases with the payment provider's books; mend what is safe."),
    "verify": ("upkeep:verify", "Check the chain of every case."),
    "rebuild": ("upkeep:rebuild", "Make every cache again from the logs, and say what differed."),
    "forget": ("upkeep:forget", "Destroy what people wrote in a closed case; its facts stay."),
    "forgotten": ("forgetting:forgotten", "List what was forgotten; apply such a list to a restored backup."),
    "serve": ("serving:serve", "Serve the HTTP API, with the loops beside it."),
    "provider": ("provider:provider", "Serve a false payment provider with faults, to try the real thing against."),
    "key make": ("keys:make", "Make a key for a server, or a token for an agent."),
    "key list": ("keys:list_keys", "List the keys of a marketplace."),
    "key rotate": ("keys:rotate", "Put a new key in place of one, which lives on for some hours."),
    "key revoke": ("keys:revoke", "Revoke a key, at once."),
    "hook make": ("hooks:make", "Have a machine told of events by webhooks, and print what it checks them with."),
    "hook list": ("hooks:list_hooks", "List the endpoints of a marketplace, and how they do."),
    "hook test": ("hooks:try_out", "Send an endpoint a test, and tell how it went."),
    "hook log": ("hooks:log", "Show what was tried at an endpoint."),
    "hook resend": ("hooks:resend", "Send once more what was tried."),
    "hook replay": ("hooks:replay", "Tell an endpoint again of what happened, from a point on."),
    "hook rotate": ("hooks:rotate", "Sign under a new secret; the old one lives on for some hours."),
    "hook pause": ("hooks:pause", "Send an endpoint nothing for now."),
    "hook resume": ("hooks:resume", "Let an endpoint go on; what waited is sent."),
    "hook remove": ("hooks:remove", "Remove an endpoint with its log."),
    "account make": ("accounts:make", "Make an account for an agent or a lead, and print its invitation."),
    "account list": ("accounts:list_accounts", "List the accounts of a marketplace."),
    "account invite": (
        "accounts:invite",
        "Print a fresh invitation for somebody who has lost theirs, or the password.",
    ),
    "account disable": ("accounts:disable", "Disable an account, at once."),
    "queue show": ("queue:show", "Show how the queue of work for agents stands."),
    "queue set": ("queue:set_rules", "Say who gets what nobody else may take, and how long a lease is."),
    "migrate": ("upkeep:migrate", "Bring the database up to date."),
    "rulebook show": ("rules:show", "Show every value of a rulebook in force on a day, with its source."),
    "rulebook check": ("rules:check", "Check a rulebook file: every fault with its line."),
    "process": ("rules:process", "Show the process: which phase allows which command to whom, and where it leads."),
    "bench core": ("lab:bench_core", "Measure deciding and folding."),
    "bench engine": ("lab:bench_engine", "Measure durable commands beside the same statements by a bare driver."),
    "bench http": ("lab:bench_http", "Measure `serve` beside a bare ASGI app that makes the same statements."),
    "bench money": ("lab:bench_money", "Measure settlements through the engine beside bare inserts of their rows."),
    "bench memory": ("lab:bench_memory", "Measure the memory of `serve` while many cases go through it."),
    "bench evidence": ("lab:bench_evidence", "Measure the search for near pictures beside comparing with each."),
    "bench pages": (
        "lab:bench_pages",
        "Measure every page beside a static file of the same server, with ten thousand cases.",
    ),
    "bench queue": ("lab:bench_queue", "Measure the queue of agents among ten thousand to ten million cases."),
    "bench orders": ("lab:bench_orders", "Measure bringing orders in from CSV beside a bare COPY of their rows."),
    "bench start": ("lab:bench_start", "Measure how long a first look takes: `--help`, and the first page of `serve`."),
}
"""Every verb: the function that does it, and what it does."""

GROUPS: Final[dict[str, str]] = {
    "marketplace": "Marketplaces: the tenants of a database.",
    "order": "Orders.",
    "orders": "Orders of a whole marketplace.",
    "orders mapping": "Mappings: which column or path of a file is which field.",
    "ledger": "The ledger.",
    "key": "Keys of the HTTP API.",
    "hook": "Endpoints for webhooks.",
    "account": "Accounts of agents and leads.",
    "quality": "How judgements fare.",
    "carrier": "Carriers whose webhooks are taken.",
    "queue": "The queue of work for agents.",
    "rulebook": "Rulebooks: a market's values, with date and source.",
    "bench": "Benchmarks.",
}
"""Verbs of several words, by those before the last."""

ERROR, REFUSED, INTERRUPTED = 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in ([], ["--help"], ["-h"]):
        sys.stdout.write(overview())
        return 0
    if given == ["--version"]:
        from mufakat import __version__

        sys.stdout.write(f"{__version__}\n")
        return 0
    from mufakat.cli.errors import told

    return told(lambda: _run(given))


def _run(given: list[str]) -> int:
    from mufakat.cli.errors import CliError

    words = 1
    while " ".join(given[:words]) in GROUPS and words < len(given):
        words += 1
    wanted = " ".join(given[:words])
    if wanted not in VERBS and wanted not in GROUPS and wanted.split()[-1] not in ("--help", "-h"):
        raise CliError(f"There is no verb `{wanted}`; `mufakat --help` lists them")
    result = parser()(given, exit_on_error=False, print_error=False, result_action="return_value")
    return result if isinstance(result, int) else 0


def overview() -> str:
    """The list of verbs. Written here, so that a first look needs nothing loaded."""
    width = max(len(verb) for verb in VERBS)
    lines = [f"  {verb:<{width}}  {says}" for verb, (_, says) in VERBS.items()]
    return "\n".join(
        [ABOUT, "", "Usage: mufakat VERB ...", "", *lines, "", "mufakat VERB --help tells what a verb takes.", ""]
    )


def parser() -> Any:
    """The parser of all verbs; each verb's module is loaded when the verb is used."""
    from cyclopts import App

    from mufakat import __version__

    app = App(name="mufakat", help=ABOUT, version=__version__, help_format="plaintext")
    groups: dict[str, App] = {}
    for name, says in GROUPS.items():
        first, _, last = name.rpartition(" ")
        groups[name] = App(name=last, help=says)
        (groups[first] if first else app).command(groups[name])
    for verb, (place, says) in VERBS.items():
        first, _, name = verb.rpartition(" ")
        (groups[first] if first else app).command(f"mufakat.cli.{place}", name=name, help=says)
    return app
