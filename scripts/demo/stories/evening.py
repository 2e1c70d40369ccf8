"""What is left in the queue for whoever looks at it after the day."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.office import Office
from scripts.demo.stories.night import QUIET
from scripts.demo.stories.rulebook import rule_name
from scripts.demo.stories.silence import put_away


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
        page = sofia.open(held)
        expect("Helena Sousa" in page.owner, "Helena Sousa owns it", page.owner)
        expect("the customer's own contact" in page.owner_why, "why it is hers", page.owner_why)
        expect(any("VIP first" in run for run in page.rule_runs), "“VIP first” among what rules did", page.side[-600:])
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
        first = lin.queue(tab="mine")[0]
        expect(first.ticket == delayed, "the urgent delay on top of Lin Mei's own queue", first.reference)
    with step("the supervisor switches “Quiet hours” on again, and the rule and the promise of the day off"):
        office = Office(supervisor)
        office.switch(QUIET, on=True)
        office.switch(rule_name(day), on=False)
        put_away(office)
