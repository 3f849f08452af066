"""Taking an event into the auditor's picture of a case."""

from mufakat.lab.auditor import moving, standing
from mufakat.lab.auditor.standing import acceptance, run_from
from mufakat.lab.auditor.trial import Event, Matter, Trial

CHANGES = {**standing.CHANGES, **moving.CHANGES}


def apply(trial: Trial, event: Event) -> None:
    """Take an event into the picture."""
    if event.name == "request.opened":
        _opened(trial, event)
    elif event.name == "material.given":
        trial.exhibits.append({**event.data["exhibit"], "at": event.at, "event": event.number})
        _waiting_seller(trial, event)
    else:
        matter = trial.matter_of(event)
        made = CHANGES.get(event.name)
        if matter is not None and made is not None:
            made(trial, event, matter)


def _opened(trial: Trial, event: Event) -> None:
    data = event.data
    trial.opened = event
    trial.kind = data["type"]
    trial.claims = {claim["line_id"]: claim for claim in data["lines"]}
    trial.in_time = set(data["in_time"])
    matter = Matter(1, list(trial.claims))
    matter.accept = acceptance(data["accept_until"])
    run_from(matter, event, "REQUEST_OPENED")
    run_from(matter, event, "GRANT", "SELLERS_TURN")
    trial.matters[1] = matter


def _waiting_seller(trial: Trial, event: Event) -> None:
    """After a hidden counterfeit the seller's window may start with the customer's material."""
    if event.data["exhibit"]["giver"] == "CUSTOMER":
        for matter in trial.matters.values():
            if matter.seller_waits and matter.phase == "EVIDENCE":
                matter.anchors["NOTICE"].append(event.at)
