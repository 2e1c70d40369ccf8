"""The core: one ticket per exception, worked to its end.

Owns: Ticket and its kinds, the state machines, conversations and messages, participants, events and facts (the
tamper-evident history), teams, the staff's admin and the customers' pages.
May import: `logistics`, `knowledge_base`, `common`. Of `channels_integrations` it knows nothing: messages to send are
rows with status queued.
"""
