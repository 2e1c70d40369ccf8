"""Parcels and parties.

Owns: Customer, Partner, PartnerContact, Carrier, Shipment, TrackingEvent, the mapping of carriers' codes, and Incident
(what was noticed; `tickets` drains incidents, only `tickets` makes tickets).
May import: `common`. Its sibling `knowledge_base` is unknown to it.
"""
