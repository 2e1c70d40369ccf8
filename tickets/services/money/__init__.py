"""Compensations and claims: opened by what tickets decide, moved by people and the clock."""

from tickets.services.money.moving import Machine, expire_offers, next_steps, take_step
from tickets.services.money.opening import claim_back, compensate

__all__ = ["Machine", "claim_back", "compensate", "expire_offers", "next_steps", "take_step"]
