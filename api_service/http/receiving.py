"""Receives the body of a request from the ASGI server, within limits of time; a slow client holds no thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from werkzeug.exceptions import BadRequest

from api_service.http.body import Body
from api_service.http.spool import no_room
from api_service.http.stream import Receive
from shared.settings import Settings

#: Bytes that are collected before a thread writes them.
BATCH_BYTES = 64 * 1024
#: Minimum rate: below that of any connection that is used to upload models.
MIN_BYTES_PER_SECOND = 4096
CUT_OFF = "The connection ended before the whole body had come, or the body is malformed"


async def receive_body(
    receive: Receive, new_body: Callable[[], Body], writers: Executor, settings: Settings
) -> Exception | None:
    """Writes the whole body; returns None, or what is wrong with it as an exception for Flask's error handlers."""
    try:
        body = await asyncio.get_running_loop().run_in_executor(writers, new_body)
        with body.closed_on_error():
            await _receive(receive, body, writers, settings)
    except TimeoutError:
        return BadRequest("The body came too slowly")
    except OSError as error:
        return no_room(error)
    except ValueError as error:
        return BadRequest(f"The body is not a whole form: {error}")
    except Exception as fault:  # noqa: BLE001  (whatever it is, it is answered by the application)
        return fault
    return None


async def _receive(receive: Receive, body: Body, writers: Executor, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    batch, more, began = bytearray(), True, loop.time()
    while more:
        async with asyncio.timeout_at(_deadline(settings, began, body.size + len(batch))):
            message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest(CUT_OFF)
        batch += message.get("body", b"")
        more = message.get("more_body", False)
        if len(batch) >= BATCH_BYTES or not more:
            await loop.run_in_executor(writers, body.write, bytes(batch))
            batch.clear()
    await loop.run_in_executor(writers, body.finish)


def _deadline(settings: Settings, began: float, received: int) -> float:
    """When the next bytes must have come: each pause, the average rate and the total time are limited."""
    patience = settings.api_patience_seconds
    return min(
        asyncio.get_running_loop().time() + patience,
        began + patience + received / MIN_BYTES_PER_SECOND,
        began + settings.api_body_seconds,
    )
