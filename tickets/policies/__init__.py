"""Pure functions and value objects of the core: no ORM, no clock, no input or output."""
