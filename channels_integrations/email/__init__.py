"""E-mail: raw MIME to typed values and back. ``parse`` and what it uses are pure: no ORM, no clock, no I/O."""
