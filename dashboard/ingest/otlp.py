"""OpenTelemetry's metrics (OTLP), in protobuf or JSON, as points."""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from dashboard.models import AGENT_MAX, Kind
from project.realtime.errors import CommandError

from . import checks
from .buckets import SIGN, ZERO, Bounds, Exponential
from .checks import REASONS, Refused
from .points import Distribution, Point, Push, Rejection, Result, Sender

RESOURCE = ("service.name", "service.namespace", "service.instance.id", "host.name")
"""The attributes of a resource that become labels. All of them would make a series of every version of a library."""
NOTHING_RECORDED = 1
DELTA, CUMULATIVE = 1, 2
NANO = 1e9
SCALE_MAX = 20
"""Of an exponential histogram, of either sign: as fine as SDKs make them, and coarser than any needs to be."""


CODES = {
    "invalid": Code.INVALID_ARGUMENT,
    "too_large": Code.INVALID_ARGUMENT,
    "unauthenticated": Code.UNAUTHENTICATED,
    "forbidden": Code.PERMISSION_DENIED,
    "rate_limited": Code.RESOURCE_EXHAUSTED,
    "unavailable": Code.UNAVAILABLE,
}
"""What gRPC calls our errors."""


class Unreadable(ValueError):
    """What was sent is no request of this kind."""


def request_of(body: bytes, *, as_json: bool) -> ExportMetricsServiceRequest:
    """Reads a request.

    Raises Unreadable.
    """
    request = ExportMetricsServiceRequest()
    try:
        if as_json:
            json_format.ParseDict(_object_of(body), request, ignore_unknown_fields=True)
        else:
            request.ParseFromString(body)
    except (DecodeError, json_format.ParseError, ValueError, TypeError, RecursionError) as error:
        raise Unreadable(str(error)[:200]) from error
    return request


def response_of(result: Result, *, as_json: bool) -> bytes:
    """What an exporter is told: nothing, or how many were not taken and why."""
    response = ExportMetricsServiceResponse()
    if result.rejected:
        reasons = sorted({one.reason for one in result.rejected})
        response.partial_success.rejected_data_points = len(result.rejected)
        response.partial_success.error_message = " ".join(f"{name}: {REASONS[name]}." for name in reasons)
    return _written(response, as_json=as_json)


def status_of(error: CommandError, *, as_json: bool) -> bytes:
    """What an exporter is told where nothing was taken: google.rpc.Status, as the protocol demands."""
    return _written(Status(code=CODES.get(error.code, Code.INTERNAL), message=error.message), as_json=as_json)


def _written(message: Message, *, as_json: bool) -> bytes:
    return json_format.MessageToJson(message).encode() if as_json else message.SerializeToString()


def push_of(sender: Sender, request: ExportMetricsServiceRequest) -> Push:
    """What a request says."""
    push = Push(sender, "otlp", [])
    for resource in request.resource_metrics:
        own = {a.key: _text(a.value) for a in resource.resource.attributes if a.key in RESOURCE}
        agent = _agent(own)
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for make in _points(metric, own, agent):
                    index = len(push.points) + len(push.rejected)
                    try:
                        push.points.append(make(index))
                    except Refused as refusal:
                        push.rejected.append(Rejection(index, refusal.reason, agent))
    return push


Make = Callable[[int], Point]


def _agent(own: Mapping[str, str]) -> str:
    """Which of those that share a token this is; nothing where it does not say."""
    place = own.get("service.instance.id") or own.get("host.name", "")
    service = " ".join(filter(None, (own.get("service.namespace"), own.get("service.name"))))
    return _storable(f"{service} {place}".strip()) if place else ""


def _storable(text: str) -> str:
    return text.replace("\x00", "")[:AGENT_MAX]


def _points(metric: Any, own: dict[str, str], agent: str) -> Iterable[Make]:
    form = metric.WhichOneof("data")
    data = getattr(metric, form) if form else None
    for point in data.data_points if data is not None else ():
        if not point.flags & NOTHING_RECORDED:
            yield from _BY_FORM[form](_Maker(metric, data, point, own, agent))


class _Maker:
    """One data point, with what is around it."""

    def __init__(self, metric: Any, data: Any, point: Any, own: dict[str, str], agent: str) -> None:
        self.metric, self.data, self.point = metric, data, point
        self._own, self._agent = own, agent

    def make(
        self,
        index: int,
        kind: Kind,
        value: object = 0.0,
        *,
        suffix: str = "",
        running: bool = False,
        distribution: Distribution | None = None,
        **labels: str,
    ) -> Point:
        attributes = {a.key: _text(a.value) for a in self.point.attributes}
        made = Point(
            index=index,
            name=checks.name_of(self.metric.name + suffix),
            labels=checks.labels_of({**self._own, **attributes, **labels}),
            at=self.at,
            value=checks.number_of(value),
            kind=kind,
            unit=self.metric.unit,
            help=self.metric.description,
            running=running,
            since=self.point.start_time_unix_nano / NANO,
            distribution=distribution,
            agent=self._agent,
        )
        checks.check_kind(made)
        return made

    @property
    def at(self) -> float:
        """When it was taken.

        Raises Refused where it does not say.
        """
        if not self.point.time_unix_nano:
            raise Refused(checks.TIME)
        return float(self.point.time_unix_nano / NANO)

    @property
    def value(self) -> object:
        """The number of a gauge or a sum."""
        form = self.point.WhichOneof("value")
        return getattr(self.point, form) if form else None

    @property
    def running(self) -> bool:
        """Whether it is a total.

        Raises Refused where it does not say.
        """
        if self.data.aggregation_temporality not in (DELTA, CUMULATIVE):
            raise Refused(checks.KIND)
        return bool(self.data.aggregation_temporality == CUMULATIVE)


def _gauge(maker: _Maker) -> Iterable[Make]:
    yield lambda index: maker.make(index, Kind.GAUGE, maker.value)


def _sum(maker: _Maker) -> Iterable[Make]:
    def make(index: int) -> Point:
        if maker.data.is_monotonic:
            return maker.make(index, Kind.COUNTER, maker.value, running=maker.running)
        if maker.running:
            return maker.make(index, Kind.GAUGE, maker.value)  # what goes up and down is a level
        raise Refused(checks.KIND)

    yield make


def _histogram(maker: _Maker) -> Iterable[Make]:
    def make(index: int) -> Point:
        point = maker.point
        layout = Bounds(checks.bounds_of(point.explicit_bounds))
        checks.check_buckets(len(point.bucket_counts))
        checks.check_layout(layout.bounds, len(point.bucket_counts))
        checks.check_total(int(point.count), point.bucket_counts)
        buckets = {n: int(count) for n, count in enumerate(point.bucket_counts) if count}
        return _distributed(maker, index, buckets, layout)

    yield make


def _exponential(maker: _Maker) -> Iterable[Make]:
    def make(index: int) -> Point:
        point = maker.point
        checks.check_buckets(len(point.positive.bucket_counts) + len(point.negative.bucket_counts))
        if abs(point.scale) > SCALE_MAX:
            raise Refused(checks.TOO_LARGE)
        sides = (point.positive.bucket_counts, point.negative.bucket_counts)
        checks.check_total(int(point.count), [point.zero_count, *chain(*sides)] if any(sides) else [])
        buckets = {ZERO: int(point.zero_count)} if point.zero_count else {}
        for sign, side in ((1, point.positive), (-1, point.negative)):
            for n, count in enumerate(side.bucket_counts):
                if count:
                    buckets[sign * (side.offset + n + SIGN)] = int(count)
        return _distributed(maker, index, buckets, Exponential(point.scale))

    yield make


def _distributed(maker: _Maker, index: int, buckets: dict[int, int], layout: Bounds | Exponential) -> Point:
    point = maker.point
    checks.check_counts([int(point.count), *buckets.values()])
    values = Distribution(
        int(point.count),
        checks.number_of(point.sum) if point.HasField("sum") else None,
        buckets,
        layout,
        checks.number_of(point.min) if point.HasField("min") else None,
        checks.number_of(point.max) if point.HasField("max") else None,
    )
    return maker.make(index, Kind.HISTOGRAM, running=maker.running, distribution=values)


def _summary(maker: _Maker) -> Iterable[Make]:
    point = maker.point
    yield lambda index: maker.make(index, Kind.COUNTER, float(point.count), suffix="_count", running=True)
    yield lambda index: maker.make(index, Kind.COUNTER, point.sum, suffix="_sum", running=True)
    for one in point.quantile_values:
        yield partial(maker.make, kind=Kind.GAUGE, value=one.value, quantile=f"{one.quantile:g}")


_BY_FORM: dict[str, Callable[[_Maker], Iterable[Make]]] = {
    "gauge": _gauge,
    "sum": _sum,
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}


def _text(value: Any) -> str:
    form = value.WhichOneof("value")
    if form == "bool_value":
        return "true" if value.bool_value else "false"
    return str(getattr(value, form)) if form in ("string_value", "int_value", "double_value") else ""


def _object_of(body: bytes) -> Any:
    """Raises TypeError for what is anything else: protobuf's reader takes an empty list for an empty object."""
    data = json.loads(body)
    if not isinstance(data, dict):
        raise TypeError("it is no object")
    return _without_exemplars(data)


def _without_exemplars(data: Any) -> Any:
    """Their ids are written in hex, unlike every other bytes of protobuf's JSON, and nothing here reads them."""
    if isinstance(data, dict):
        return {name: _without_exemplars(value) for name, value in data.items() if name != "exemplars"}
    return [_without_exemplars(value) for value in data] if isinstance(data, list) else data
