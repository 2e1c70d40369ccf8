"""Partners' pages at `/partner/`: for those who have no system of their own. They work on a telephone, without script.

Nothing here reads a table by itself: tickets come from ``tickets.services.partner_scope``, warehouse work from
``logistics.services.warehouse.scope``, and what is done goes through the services that the API uses.
"""
