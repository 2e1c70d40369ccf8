"""Pure functions and value objects of logistics: no ORM, no clock, no input or output."""
