"""The numbers of this process, as Prometheus reads them. Never a person, a conversation, an address or a path."""

import hmac
import threading
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, request

from portal.config import Settings
from portal.kernel.errors import NotFound
from portal.kernel.meters import BOUNDS, COUNTED, Spread, meters
from portal.live.hub import hub


def metrics() -> Response:
    """All numbers, for who has the token of the settings; for everybody else there is nothing here."""
    settings: Settings = current_app.config["COMPTOIR"]
    given = request.headers.get("Authorization", "").encode()
    wanted = f"Bearer {settings.metrics_token}".encode()
    if not settings.metrics_token or not hmac.compare_digest(given, wanted):
        raise NotFound
    return Response(_exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _exposition() -> bytes:
    # Here and not above: whoever never asks does not load it.
    from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Numbers())
    return generate_latest(registry)


class _Numbers:
    """What prometheus_client asks for the families of numbers."""

    def collect(self) -> Iterator[Any]:
        """Each family."""
        from prometheus_client.core import GaugeMetricFamily

        yield from self._counters()
        yield self._requests()
        yield self._told()
        yield GaugeMetricFamily("comptoir_open_sockets", "Sockets that are open, of pages", value=hub.count)
        yield GaugeMetricFamily("comptoir_threads", "Threads of this process", value=threading.active_count())

    def _counters(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily

        counts = meters.counts()
        for name, (meaning, label) in COUNTED.items():
            family = CounterMetricFamily(f"comptoir_{name}", meaning, labels=[label] if label else [])
            if not label:
                family.add_metric([], counts.get((name, ""), 0))
            for (counted, value), number in sorted(counts.items()):
                if label and counted == name:
                    family.add_metric([value], number)
            yield family

    def _requests(self) -> Any:
        from prometheus_client.core import HistogramMetricFamily

        words = "Requests by endpoint, method and class of status, without sockets"
        family = HistogramMetricFamily("comptoir_request_seconds", words, labels=["endpoint", "method", "status"])
        for key, spread in sorted(meters.requests().items()):
            family.add_metric(list(key), _buckets(spread), spread.total)
        return family

    def _told(self) -> Any:
        from prometheus_client.core import HistogramMetricFamily

        spread = meters.lags()
        words = "Events told to open pages, and how long after they happened"
        family = HistogramMetricFamily("comptoir_events_told_seconds", words, labels=[])
        family.add_metric([], _buckets(spread), spread.total)
        return family


def _buckets(spread: Spread) -> list[tuple[str, int]]:
    """(bound, how many within it), each with all before it, as Prometheus wants them."""
    bounds, sums, so_far = [*(str(bound) for bound in BOUNDS), "+Inf"], [], 0
    for count in spread.counts:
        so_far += count
        sums.append(so_far)
    return list(zip(bounds, sums, strict=True))


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/metrics", "metrics", metrics)
