"""A storm stops a flight to Brazil with two of our parcels: one customer writes mails, the other sits in Telegram."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.stories.offices import PHONE

ZONE = "America/Sao_Paulo"


def play(day: Day) -> None:
    step, scans = day.steps.step, day.scans
    first, second = day.parcel("storm-1"), day.parcel("storm-2")
    sofia, lin = day.desk("sofia.marin"), day.desk("mei.lin")
    camila, post, thiago = day.mailbox("camila"), day.mailbox("post"), day.chat("thiago")
    day.steps.scene(
        f"Storm on CN→BR: {first.number} (Camila Rocha, by mail), {second.number} (Thiago Alves, in Telegram)"
    )

    with step("17TRACK tells of a cancelled flight for two parcels; two delays stand in the queue"):
        for parcel in (first, second):
            scans.scan(
                parcel,
                "InTransit_Departure",
                "离港",
                place="Guangzhou",
                country="CN",
                zone="Asia/Shanghai",
                hours_ago=70,
            )
            scans.scan(
                parcel,
                "Exception_Delayed",
                "Flight cancelled: tropical storm",
                place="São Paulo",
                country="BR",
                zone=ZONE,
                hours_ago=2,
            )
        mail_ticket = sofia.find(first.number, "Delay").ticket
        chat_ticket = lin.find(second.number, "Delay").ticket
        day.case(mail_ticket, "camila", "scan, e-mail")
        day.case(chat_ticket, "thiago", "scan, Telegram")
    with step("Camila asks in Portuguese; her mail joins the ticket"):
        camila.write(
            f"Encomenda {first.number} atrasada",
            f"Olá, minha encomenda {first.number} está atrasada. Quando ela chega? Obrigada, Camila Rocha",
        )
        sofia.wait_for_message(mail_ticket, "Quando ela chega")
    with step(
        "São Paulo is free today and nobody else speaks Portuguese: Camila hears when an answer comes, and a number"
    ):
        told = camila.next_mail("when an answer comes", lambda mail: PHONE in mail.text)
        expect("Estamos de volta" in told.text, "Portuguese words in the mail", told.text)
        log = sofia.log(mail_ticket)
        expect(any("while nobody was at work" in line for line in log), "the log tells of it", "; ".join(log[-4:]))
    with step("Sofía Marín asks the carrier; its claims desk gets a mail"):
        sofia.act(mail_ticket, "assign", assignee=sofia.option(mail_ticket, "assign", "assignee", sofia.name))
        sofia.take(mail_ticket, "Ask carrier", question="When does the next flight with this parcel leave?")
        asked = post.next_mail("the question", lambda mail: first.number in mail.text + mail.subject)
    with step("the claims desk answers by mail, in Chinese; the carrier has answered"):
        post.write(f"Re: {asked.subject}", "航班已恢复，预计三天内送达。刘洋", answers=asked)
        sofia.wait_for_message(mail_ticket, "航班已恢复")
        sofia.take(mail_ticket, "Carrier answers", answer="Flights are back, delivery within three days.")
    day_one = day.in_days(3, ZONE).date()
    with step("the new date is set; Camila must hear of it"):
        page = sofia.take(
            mail_ticket, "Revise date", new_from=day_one.isoformat(), new_to=day_one.isoformat(), cause="weather"
        )
        expect(page.state == "To inform", "the state “To inform”", page.state)
    with step("Sofía writes the date from the composer; Camila gets the mail"):
        date = f"{day_one.day}/{day_one.month}/{day_one.year}"
        sofia.write(mail_ticket, f"Olá Camila, por causa da tempestade a sua encomenda chega em {date}.")
        camila.next_mail("the new date", lambda mail: "por causa da tempestade" in mail.text)
        sofia.wait_until_sent(mail_ticket, "por causa da tempestade")
    with step("only now the customer counts as informed"):
        sofia.take(mail_ticket, "Inform customer")
        sofia.wait_for_state(mail_ticket, "Customer informed")
    with step("Thiago writes in Telegram, then corrects himself; both reach the ticket"):
        number = thiago.say(f"Bom dia! Cadê meu pacote {second.number}?")
        lin.wait_for_message(chat_ticket, "Cadê meu pacote")
        thiago.say(f"Bom dia! Cadê meu pacote {second.number}? Preciso dele até sábado.", edit_of=number)
        lin.wait_for_message(chat_ticket, "Preciso dele até sábado")
        count = sum("Cadê meu pacote" in said.text for said in lin.open(chat_ticket).messages)
        expect(count == 1, "the edited message in place of the first", f"{count} messages")
    with step("Lin Mei sets the new date and writes it; Thiago reads it in Telegram"):
        lin.take(chat_ticket, "Revise date", new_from=day_one.isoformat(), new_to=day_one.isoformat(), cause="weather")
        lin.write(chat_ticket, f"Olá Thiago, o novo prazo é {date}.")
        thiago.next_text("the new date", "o novo prazo")
        lin.wait_until_sent(chat_ticket, "o novo prazo")
        lin.take(chat_ticket, "Inform customer")
    with step("both parcels arrive; both tickets are resolved and both customers hear of it"):
        for parcel in (first, second):
            scans.scan(parcel, "Delivered_Other", "Objeto entregue", place="Rio de Janeiro", country="BR", zone=ZONE)
        sofia.wait_for_state(mail_ticket, "Delivered")
        lin.wait_for_state(chat_ticket, "Delivered")
        camila.next_mail("it is delivered", lambda mail: first.number in mail.text)
        thiago.next_text("it is delivered", second.number)
