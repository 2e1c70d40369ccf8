"""What we write by ourselves waits for a customer's morning; for the rest of the day a supervisor lets it go."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.office import Office
from scripts.demo.stories.rulebook import put_away

QUIET = "Quiet hours"


def play(day: Day) -> None:
    step, parcel, nora = day.steps.step, day.parcel("night"), day.mailbox("nora")
    sofia, supervisor = day.desk("sofia.marin"), Office(day.desk("david.okafor"))
    place = day.client("nora").zone.rpartition("/")[2].replace("_", " ")
    day.steps.scene(f"The night of others: {parcel.number}, {nora.name}, for whom it is night now ({place})")

    with step(f"the rule “{QUIET}” is on in the list of rules, and none of an earlier day's fair"):
        put_away(supervisor)
        supervisor.switch(QUIET, on=True)
    with step("a courier finds nobody at home; Nora is asked what to do, and the letter waits for 8:00 of her time"):
        day.scans.scan(
            parcel,
            "DeliveryFailure_NoBody",
            "Destinataire absent",
            place="Lyon",
            country="FR",
            zone="Europe/Paris",
            hours_ago=1,
        )
        ticket = sofia.find(parcel.number, "Failed delivery").ticket
        day.case(ticket, "nora", "scan, e-mail", is_held=True)
        sofia.take(ticket, "Request instructions", problem="absent")
        page = sofia.open(ticket)
        held = [said.meta for said in page.messages if said.is_held]
        expect(
            bool(held), "“held until 08:00 their time” at the letter", " | ".join(said.meta for said in page.messages)
        )
        expect("08:00 their time" in held[0], "08:00 of her time", held[0])
        expect(not nora.received(), "no mail for Nora by night", f"{len(nora.received())} mails")
    with step(f"a supervisor switches “{QUIET}” off for this day, in the list of rules; what waits goes on waiting"):
        supervisor.switch(QUIET, on=False)
        expect(not nora.received(), "still no mail for Nora", f"{len(nora.received())} mails")
