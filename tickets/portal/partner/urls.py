"""Addresses of partners' pages, below `/partner/`."""

from __future__ import annotations

from django.urls import path

from tickets.portal.partner import entrance, figures, parcels, queue, tickets, work

urlpatterns = [
    path("", queue.queue, name="partner_queue"),
    path("sign-in/", entrance.SignIn.as_view(), name="partner_sign_in"),
    path("sign-out/", entrance.sign_out, name="partner_sign_out"),
    path("forgotten/", entrance.forgotten, name="partner_forgotten"),
    path("welcome/<uidb64>/<token>/", entrance.Welcome.as_view(), name="partner_welcome"),
    path("account/", entrance.account, name="partner_account"),
    path("language/", entrance.language, name="partner_language"),
    path("tickets/<int:ticket_id>/", tickets.ticket, name="partner_ticket"),
    path("tickets/<int:ticket_id>/acknowledge/", tickets.acknowledge, name="partner_acknowledge"),
    path("tickets/<int:ticket_id>/answer/", tickets.answer, name="partner_answer"),
    path("tickets/<int:ticket_id>/steps/<slug:step_name>/", tickets.step, name="partner_step"),
    path("files/<int:attachment_id>/", tickets.file, name="partner_file"),
    path("work/", work.work, name="partner_work"),
    path("work/<slug:kind>/<int:work_id>/", work.one, name="partner_work_one"),
    path("work/<slug:kind>/<int:work_id>/steps/<slug:step_name>/", work.step, name="partner_work_step"),
    path("scans/", parcels.scans, name="partner_scans"),
    path("parcels/<int:shipment_id>/", parcels.parcel, name="partner_parcel"),
    path("figures/", figures.figures, name="partner_figures"),
]
