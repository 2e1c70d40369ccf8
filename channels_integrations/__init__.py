"""The outside world's messaging protocols, in and out.

Owns: one adapter folder per provider, InboundEvent (raw payloads, kept), DeliveryAttempt, the webhook entrance.
May import: `tickets`, `logistics`, `knowledge_base`, `common`. Nobody but `config` imports it.
"""
