"""The ground floor: what two or more floors above need.

Owns: User, Connection (encrypted credentials), BusinessCalendar with its pure business time; errors, deferral of work
(`common.jobs`), the outbound HTTP client, cryptography, the embedded PostgreSQL. Knows nothing of tickets.
May import: Django and libraries; no other app of ours.
"""
