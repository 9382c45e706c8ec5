"""The two drivers of flows, blocking and asynchronous: the only code of this layer that exists twice.

They decide nothing. What goes wrong while an effect is performed is raised inside the flow, where the decisions are.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from hirewire.client.effects import Effect, Flow, Pause, Send
from hirewire.client.transports import AsyncTransport, Transport
from hirewire.runtime.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Driver:
    """Runs flows in the calling thread. Any number of threads may share one."""

    transport: Transport
    clock: Clock
    gate: threading.Lock = field(default_factory=threading.Lock)

    def run(self, flow: Flow[T]) -> T:
        """Perform what ``flow`` asks for until it returns."""
        step = partial(flow.send, None)
        while True:
            try:
                effect = step()
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                step = partial(flow.send, self._perform(effect))
            except BaseException as error:  # noqa: BLE001 - not caught but carried: the flow decides, or lets it pass
                step = partial(flow.throw, error)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send(origin, request, timeout_s):
                return self.transport.send(origin, request, timeout_s)
            case Pause(seconds):
                return self.clock.pause(seconds)
            case _:
                with self.gate:
                    return self.run(effect.flow)


@dataclass(frozen=True, slots=True)
class AsyncDriver:
    """Runs flows in the calling task. Any number of tasks of one event loop may share one."""

    transport: AsyncTransport
    clock: Clock
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, flow: Flow[T]) -> T:
        """Perform what ``flow`` asks for until it returns."""
        step = partial(flow.send, None)
        while True:
            try:
                effect = step()
            except StopIteration as stop:
                result: T = stop.value
                return result
            try:
                step = partial(flow.send, await self._perform(effect))
            except BaseException as error:  # noqa: BLE001 - not caught but carried: the flow decides, or lets it pass
                step = partial(flow.throw, error)

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send(origin, request, timeout_s):
                return await self.transport.send(origin, request, timeout_s)
            case Pause(seconds):
                return await self.clock.sleep(seconds)
            case _:
                async with self.gate:
                    return await self.run(effect.flow)
