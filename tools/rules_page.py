"""The page docs/reference/rules.md: every rule and reading, where it lives, which tests and scenarios show it.

Tests are found by their names (`test_s12_...`) and docstrings ("S12", "reading 5", "arithmetic 9"), scenarios by their
`shows`. A rule that nothing shows is an error.
"""

import ast
import re
import tomllib
from collections import defaultdict
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "rules.md"
D = "mufakat.core.decide"

RULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "S1": (
        "The two try to settle first; no dispute without a request that they failed to resolve.",
        ("mufakat.core.process:PROCESS", f"{D}.negotiate:reject"),
    ),
    "S2": (
        "The platform steps in only on the customer's dispute request.",
        ("mufakat.core.process:PROCESS", f"{D}.dispute:raise_dispute"),
    ),
    "S3": ("Both hand in all necessary supporting material.", (f"{D}.dispute:hand_in", f"{D}.dispute:go_on")),
    "S4": (
        "What the customer gave before is carried into the dispute, first in order.",
        (f"{D}.dispute:raise_dispute", f"{D}.negotiate:send_message"),
    ),
    "S5": ("Where more is needed the platform asks, and each side answers in time.", (f"{D}.dispute:ask_material",)),
    "S6": (
        "Which material is expected is a table by reason and party, shown with what is missing.",
        ("mufakat.core.expected:expected_material", "mufakat.core.policy.policy:MaterialRule"),
    ),
    "S7": (
        "Judged on all material and on the platform's own data.",
        ("mufakat.core.record:record", "mufakat.core.derived:derived", "mufakat.core.judgement:data_value"),
    ),
    "S8": (
        "Both are told the result on their contacts; here their inbox (mail and chat come later).",
        ("mufakat.core.effects:NOTICES",),
    ),
    "S9": ("Both agreeing, they can end the dispute.", (f"{D}.negotiate:accept_agreement",)),
    "S10": ("The requester can withdraw a dispute.", (f"{D}.dispute:withdraw_dispute",)),
    "S11": (
        "Withdrawn or rejected, it can be raised again within the acceptance period.",
        (f"{D}.dispute:withdraw_dispute", f"{D}.dispute:after_pause"),
    ),
    "S12": (
        "At most two disputes about the same goods, in whatever case.",
        (f"{D}.dispute:dispute_count", "mufakat.core.order:OrderState.disputes", "mufakat.core.usage:usage"),
    ),
    "S13": ("The platform stops when the two agree to handle it themselves.", (f"{D}.negotiate:accept_agreement",)),
    "S14": (
        "The platform stops when a judicial process is started, a payment chargeback too.",
        (f"{D}.court:declare_process", f"{D}.bank:stand_still"),
    ),
    "S15": ("The material supports the customer: for the customer.", ("mufakat.core.judgement:judge_line",)),
    "S16": ("The material substantiates the seller: for the seller.", ("mufakat.core.judgement:judge_line",)),
    "S17": (
        "The customer's material, with the data, is insufficient: for the seller.",
        ("mufakat.core.judgement:judge_line",),
    ),
    "S18": (
        "Without further disagreement the responsible side must follow the judgement.",
        (f"{D}.remedies:enforce", f"{D}.judging:accept_judgement"),
    ),
    "S19": ("A responsible seller has 48 hours.", (f"{D}.remedies:next_step",)),
    "S20": (
        "Else the payment provider deducts from payments due to the seller.",
        (f"{D}.remedies:deduct", "mufakat.payments.false:FalseProvider"),
    ),
    "S21": (
        "Refund, replacement, sending what is needed, any other determined remedy.",
        ("mufakat.core.claim:RemedyKind", f"{D}.remedies:start"),
    ),
    "S22": (
        "Inconsistent, with deception: the seller bears breakage, damage and loss of the return.",
        ("mufakat.core.liability:bears",),
    ),
    "S23": (
        "Inconsistent, without: the seller bears breakage, the customer damage and loss.",
        ("mufakat.core.liability:bears",),
    ),
    "S24": ("Major quality issue: the seller bears all three.", ("mufakat.core.liability:bears",)),
    "S25": (
        "Minor quality issue: the seller bears breakage, the customer damage and loss.",
        ("mufakat.core.liability:bears",),
    ),
    "S26": (
        "The dispute is raised in the acceptance period of its reason.",
        (f"{D}.intake:_acceptance_end", f"{D}.dispute:line_fault"),
    ),
    "S27": (
        "Who may ask for what until when, who answers until when, what silence means.",
        (f"{D}.intake:open_request", "mufakat.core.process:LAPSES"),
    ),
    "reading 1": (
        "The date of the source is 2 July 2025; the doubt stands in `cites`.",
        ("mufakat.core.policy.rulebook:parse",),
    ),
    "reading 2": ("Judgement is total.", ("mufakat.core.judgement:judge_line",)),
    "reading 3": (
        "Only rejected or withdrawn lines are raised again; every dispute raised counts.",
        (f"{D}.dispute:line_fault",),
    ),
    "reading 4": (
        "The customer disagrees by the second dispute, the seller by one appeal for each.",
        (f"{D}.judging:appeal", f"{D}.judging:send_back"),
    ),
    "reading 5": (
        "When a judgement is enforceable; a second dispute delays nothing; a late appeal only claws back.",
        (f"{D}.remedies:enforce", f"{D}.judging:decide_appeal", "mufakat.core.case:Matter"),
    ),
    "reading 6": (
        "Acceptance is met when the request was opened in time; at least the market's window remains.",
        (f"{D}.negotiate:at_least", f"{D}.intake:_check_time"),
    ),
    "reading 7": ("Agreement, withdrawal, conceding.", (f"{D}.negotiate:accept_agreement", f"{D}.negotiate:concede")),
    "reading 8": (
        "A judicial process before an enforceable judgement stops; after it only an order suspends. Chargebacks.",
        (f"{D}.court:declare_process", f"{D}.court:suspend", f"{D}.bank:stand_still", f"{D}.charged:settle"),
    ),
    "reading 9": (
        "Deduction reaches payments due; the amount in dispute is held from the moment it is raised.",
        (f"{D}.draft:Draft.hold", f"{D}.remedies:deduct"),
    ),
    "reading 10": (
        "Return risk: what the words mean, when it begins, and for unjudged returns.",
        ("mufakat.core.liability:line_risk", f"{D}.risk:settle_risk", f"{D}.execute:report_return"),
    ),
    "reading 11": (
        "Steps in order; the seller's clock starts when the customer's step is done.",
        (f"{D}.remedies:next_step", f"{D}.execute:look_at_scans"),
    ),
    "reading 12": ("Locked for the seller while the platform decides.", ("mufakat.core.process:PROCESS",)),
    "reading 13": (
        "At the due moment only the lapse's outcome is possible; outages extend; first committed wins.",
        (f"{D}.lapse:settle_due", f"{D}.court:extend_due", "mufakat.engine.handle:Engine"),
    ),
    "reading 14": (
        "One case is one order, one seller, chosen units; the rest is kept in the order's guarded row.",
        (f"{D}.intake:units_chosen", "mufakat.core.usage:usage"),
    ),
    "reading 15": ("Closed means that nothing is open.", ("mufakat.core.case:Case.is_open",)),
    "arithmetic 1": ("Spans: calendar days, hours, working days, months.", ("mufakat.core.calendar:add",)),
    "arithmetic 2": ("The acceptance period stands still while the platform decides.", (f"{D}.dispute:after_pause",)),
    "arithmetic 3": (
        "Asking once more; offers stop the review; at most three.",
        (f"{D}.negotiate:ask_again", f"{D}.negotiate:make_offer"),
    ),
    "arithmetic 4": (
        "Two requests for more; no judgement before both windows are over.",
        (f"{D}.dispute:ask_material", f"{D}.dispute:go_on"),
    ),
    "arithmetic 5": (
        "An appeal's times; sending back; the late appeal.",
        (f"{D}.judging:appeal", f"{D}.judging:send_back"),
    ),
    "arithmetic 6": (
        "A judged return: its clocks, and no new dispute about its parcel.",
        (f"{D}.execute:reject_parcel", f"{D}.remedies:next_step"),
    ),
    "arithmetic 7": (
        "Damage that the customer bears lowers the refund; a seller's report binds by silence or finding.",
        (f"{D}.execute:report_binds", f"{D}.risk:settle_risk"),
    ),
    "arithmetic 8": (
        "Goods are done when scanned; undone, they are worth their price.",
        (f"{D}.execute:look_at_scans", f"{D}.remedies:deduct_instead"),
    ),
    "arithmetic 9": (
        "A refund is price less discount share, and the shipping fee with all units.",
        ("mufakat.core.money:unit_paid", f"{D}.worth:shipping_due"),
    ),
    "arithmetic 10": (
        "A deduction is paid on as it comes; the oldest debt first; a hold covers later payouts.",
        ("mufakat.payments.account:Account",),
    ),
    "arithmetic 11": (
        "The 48 hours stand still under a court's order; a hold after a stop ends by order, agreement or 180 days.",
        (f"{D}.court:suspend", f"{D}.court:record_order"),
    ),
    "arithmetic 12": (
        "An approved refund is paid at once; the rest is deducted after 48 hours.",
        (f"{D}.remedies:pay",),
    ),
    "arithmetic 13": (
        "Units are numbered; one reason a line; ITEM_NOT_RECEIVED opens from the promised date.",
        (f"{D}.intake:units_chosen", f"{D}.intake:_anchor"),
    ),
    "arithmetic 14": ("Vietnam's own readings.", ("mufakat.rulebooks:load", f"{D}.intake:_check_time")),
}

HEAD = """# The rules, where they live, what shows them

Made by `make docs` from `tools/rules_page.py`, the tests and the scenarios; the checks fail when it is stale. S1 to S27
are the rules of the process, readings 1 to 15 say how they are read where they are silent, and arithmetic 1 to 14 are
Indonesia's exact defaults. Every value behind them, with its source, is printed by `mufakat rulebook show id`.

"""


def mentions(text: str) -> set[str]:
    """The rules that a name or a docstring speaks of."""
    found = {f"S{n}" for n in re.findall(r"\b[Ss](\d{1,2})\b", text.replace("_", " "))}
    for first, last in re.findall(r"\b[Ss](\d{1,2}) to [Ss](\d{1,2})\b", text.replace("_", " ")):
        found |= {f"S{n}" for n in range(int(first), int(last) + 1)}
    lower = text.replace("_", " ").lower()
    for word in ("reading", "arithmetic"):
        for numbers in re.findall(word + r"s? ((?:\d+(?:, | and )?)+)", lower):
            found |= {f"{word} {n}" for n in re.findall(r"\d+", numbers)}
    return found & set(RULES)


def tests() -> dict[str, list[str]]:
    """Rule to the tests that speak of it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for rule in mentions(node.name + "\n" + (ast.get_docstring(node) or "")):
                    found[rule].append(f"`{path.relative_to(ROOT).as_posix()}` {node.name.removeprefix('test_')}")
    return found


def scenarios() -> dict[str, list[str]]:
    """Rule to the scenarios that show it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "src" / "mufakat" / "rulebooks" / "scenarios").rglob("*.toml")):
        for each in tomllib.loads(path.read_text(encoding="utf-8")).get("scenario", []):
            for rule in set(each.get("shows", [])) & set(RULES):
                found[rule].append(f"{path.parent.name}: {each['name']}")
    return found


def exists(place: str) -> bool:
    """Whether a place `module:name` is in the code."""
    module, _, name = place.partition(":")
    found: object = import_module(module)
    for part in name.split("."):
        fields = getattr(found, "__dataclass_fields__", {})
        if not hasattr(found, part) and part not in fields:
            return False
        found = getattr(found, part, None)
    return True


def page() -> str:
    """The whole page; raises ValueError for a place that is gone or a rule that nothing shows."""
    shown, told = tests(), scenarios()
    out = [HEAD]
    for rule, (text, places) in RULES.items():
        gone = [place for place in places if not exists(place)]
        if gone or not shown[rule] + told[rule]:
            raise ValueError(f"{rule}: {'nothing shows it' if not gone else 'not in the code: ' + ', '.join(gone)}")
        out.append(f"## {rule}\n\n{text}\n\nWhere: " + ", ".join(f"`{place}`" for place in places) + "\n")
        out.append("Tests:\n\n" + "\n".join(f"- {each}" for each in sorted(shown[rule])) + "\n" if shown[rule] else "")
        out.append("Scenarios:\n\n" + "\n".join(f"- {each}" for each in told[rule]) + "\n" if told[rule] else "")
    return "\n".join(part for part in out if part)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
