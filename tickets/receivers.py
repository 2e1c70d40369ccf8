"""What tickets listen to."""

from __future__ import annotations

from common.jobs import on_topic

on_topic("incident_noticed", "tickets.tasks.handle_incidents")
