"""Numbers about the running system that `/metrics` shows. An app registers its own, the site asks at each scrape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = float | Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number read when asked. With `label`, `read` answers a mapping from that label's values to numbers."""

    name: str
    help: str
    read: Callable[[], Values]
    label: str = ""


GAUGES: dict[str, Gauge] = {}


def gauge(name: str, text: str, *, label: str = "") -> Callable[[Callable[[], Values]], Callable[[], Values]]:
    """Register a function as the gauge `clearway_<name>`; it must be cheap, it runs at each scrape.

    @gauge("tickets_open", "Open tickets by phase", label="phase")
    def tickets_open() -> Mapping[str, float]: ...
    """

    def register(read: Callable[[], Values]) -> Callable[[], Values]:
        GAUGES[name] = Gauge(name, text, read, label)
        return read

    return register
