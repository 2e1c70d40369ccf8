"""What is left in the queue for whoever looks at it after the day."""

from __future__ import annotations

import itertools

from scripts.demo.day import Day, expect
from scripts.demo.desk import TicketPage
from scripts.demo.office import Office
from scripts.demo.steps import until
from scripts.demo.stories import rulebook, silence
from scripts.demo.stories.night import QUIET


def play(day: Day) -> None:
    step, scans = day.steps.step, day.scans
    sofia, lin, supervisor = day.desk("sofia.marin"), day.desk("mei.lin"), day.desk("david.okafor")
    hold, late, door = day.parcel("left-1"), day.parcel("left-2"), day.parcel("left-3")
    ines, zhao, paul = day.mailbox("ines"), day.chat("zhao"), day.mailbox("paul")
    day.steps.scene("The evening: what is left for tomorrow")

    with step("a hold in Lisbon, a delay, a wrong address: three more tickets by scans"):
        scans.scan(
            hold,
            "InTransit_CustomsRequiringInformation",
            "Retido na alfândega",
            place="Lisboa",
            country="PT",
            zone="Europe/Lisbon",
            hours_ago=3,
        )
        scans.scan(
            late,
            "Exception_Delayed",
            "Delayed by the carrier",
            place="Coventry",
            country="GB",
            zone="Europe/London",
            hours_ago=4,
        )
        scans.scan(
            door,
            "DeliveryFailure_InvalidAddress",
            "Anschrift unvollständig",
            place="Köln",
            country="DE",
            zone="Europe/Berlin",
            hours_ago=2,
        )
        held = sofia.find(hold.number, "Customs hold").ticket
        delayed = sofia.find(late.number, "Delay").ticket
        failed = sofia.find(door.number, "Failed delivery").ticket
        day.case(held, "ines", "scan, e-mail")
        day.case(delayed, "oliver", "scan")
        day.case(failed, "paul", "scan, e-mail")
    with step("Inês's hold has gone to Helena Sousa, whom she knows by name, and says so"):
        page = until("why somebody owns it on the ticket's page", lambda: _owned(day, held))
        expect("Helena Sousa" in page.owner, "Helena Sousa owns it", page.owner)
        expect("the customer's own contact" in page.owner_why, "why it is hers", page.owner_why)
    with step("Inês Costa (VIP) writes and waits for an answer; so does 赵磊 in Telegram"):
        ines.write(
            f"Encomenda {hold.number}", f"Boa tarde, a encomenda {hold.number} está retida? O que falta? Inês Costa"
        )
        sofia.wait_for_message(held, "O que falta")
        zhao.say("你好，请问你们周末送货吗？")
        ticket = lin.find("你们周末送货吗", "Inquiry").ticket
        day.case(ticket, "zhao", "Telegram")
    with step("Paul Richter is asked for his address; the ticket waits on him"):
        sofia.take(failed, "Request instructions", problem="address")
        paul.next_mail("the question for his address", lambda mail: "/t/" in mail.text)
        line = sofia.find(door.number, "Failed delivery")
        expect(line.waiting_on == "Customer", "“Customer” under “Waiting on”", line.waiting_on)
    with step("the supervisor gives the delay to Lin Mei and makes it urgent"):
        supervisor.act(delayed, "assign", assignee=supervisor.option(delayed, "assign", "assignee", lin.name))
        supervisor.act(delayed, "priority", priority="1")
        lines = lin.queue(tab="mine")
        urgent = [line.ticket for line in itertools.takewhile(lambda line: "Urgent" in line.text, lines)]
        expect(delayed in urgent, "the urgent delay on top of Lin Mei's own queue", lines[0].reference if lines else "")


def close(day: Day) -> None:
    """Everything is as it was before the day, for whoever looks at the site now."""
    with day.steps.step("the supervisor switches “Quiet hours” on again, and the rule and the promise of the day off"):
        office = Office(day.desk("david.okafor"))
        office.switch(QUIET, on=True)
        rulebook.put_away(office)
        silence.put_away(office)


def _owned(day: Day, ticket: int) -> TicketPage | None:
    page = day.desk("sofia.marin").open(ticket)
    return page if page.owner_why else None
