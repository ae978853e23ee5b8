import asyncio

import pytest

from harness.runs.executors.local import Room


async def test_room_is_given_up_to_its_size_and_again_when_it_is_given_back():
    room = Room(100)
    await room.take(60)
    waiting = asyncio.ensure_future(room.take(60))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    room.give(60)
    await asyncio.wait_for(waiting, 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(room.take(60), 0.01)


async def test_what_is_larger_than_the_room_is_taken_alone():
    room = Room(100)
    await asyncio.wait_for(room.take(1000), 1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(room.take(1), 0.01)
