"""The grader's reader of frames believes nothing, and a frame may come in any number of pieces."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import msgspec
import pytest

from manychefs.sandbox.frames import BadFrame, FrameReader, write_frame

PIPE_HOLDS = 1 << 14  # bytes, at least


class Pipe:
    """A pipe with the reader at one end."""

    def __init__(self, largest: int) -> None:
        read_end, self.write_end = os.pipe()
        self.reader = FrameReader(read_end, largest)

    def send(self, data: bytes) -> None:
        assert os.write(self.write_end, data) == len(data)

    def hang_up(self) -> None:
        os.close(self.write_end)
        self.write_end = -1

    def close(self) -> None:
        os.close(self.reader.descriptor)
        if self.write_end >= 0:
            os.close(self.write_end)


@pytest.fixture
def pipe() -> Iterator[Callable[..., Pipe]]:
    pipes = []

    def build(largest: int = 1000) -> Pipe:
        pipes.append(Pipe(largest))
        return pipes[-1]

    yield build
    for each in pipes:
        each.close()


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(8, "big") + body


def test_a_frame_is_read_as_it_was_written(pipe):
    here = pipe()
    write_frame(here.write_end, {"value": [1, "ä", None]})
    assert here.reader.read() == {"value": [1, "ä", None]}
    assert here.reader.read() is None


def test_nothing_has_come_yet_is_none_and_not_a_wait(pipe):
    assert pipe().reader.read() is None


def test_a_frame_may_come_byte_by_byte(pipe):
    here = pipe()
    data = framed(b'{"value": 5}')
    for index in range(len(data) - 1):
        here.send(data[index : index + 1])
        assert here.reader.read() is None
    here.send(data[-1:])
    assert here.reader.read() == {"value": 5}


def test_several_frames_in_one_piece_are_read_one_by_one(pipe):
    here = pipe()
    here.send(framed(b'{"a": 1}') + framed(b'{"b": 2}') + framed(b'{"c": 3}')[:-1])
    assert here.reader.read() == {"a": 1}
    assert here.reader.read() == {"b": 2}
    assert here.reader.read() is None
    here.send(b"}")
    assert here.reader.read() == {"c": 3}


def test_a_frame_of_exactly_the_largest_size_passes(pipe):
    body = b'{"x": "' + b"a" * 20 + b'"}'
    here = pipe(largest=len(body))
    here.send(framed(body))
    assert here.reader.read() == {"x": "a" * 20}


def test_an_over_long_frame_is_refused_by_its_header_alone(pipe):
    """Before its body is waited for, let alone held in memory."""
    here = pipe(largest=100)
    here.send((101).to_bytes(8, "big"))
    with pytest.raises(BadFrame) as refused:
        here.reader.read()
    assert refused.value.too_large == 101


def test_eight_bytes_of_text_are_an_absurd_length_and_refused(pipe):
    here = pipe()
    here.send(b"Hello, world")
    with pytest.raises(BadFrame):
        here.reader.read()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"5",
        b'"value"',
        b"null",
        b"{1: 2}",
        b'{"value": nan}',
        b"\xff\xfe",
        b'{"value": "\xff"}',
        b'{"value": 5} {"value": 6}',
        b'{"value": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_body_that_is_no_json_object_is_a_bad_frame(pipe, body):
    here = pipe(largest=1_000_000)
    data = framed(body)
    while len(data) > PIPE_HOLDS:
        here.send(data[:PIPE_HOLDS])
        assert here.reader.read() is None
        data = data[PIPE_HOLDS:]
    here.send(data)
    with pytest.raises(BadFrame, match="malformed reply") as refused:
        here.reader.read()
    assert refused.value.too_large == 0


def test_the_end_of_the_other_side_is_told_after_what_it_sent(pipe):
    here = pipe()
    here.send(framed(b'{"last": 1}'))
    here.hang_up()
    assert here.reader.read() == {"last": 1}
    with pytest.raises(EOFError):
        here.reader.read()


def test_half_a_frame_and_the_end_is_the_end(pipe):
    here = pipe()
    here.send(framed(b'{"last": 1}')[:-3])
    here.hang_up()
    assert here.reader.read() is None
    with pytest.raises(EOFError):
        here.reader.read()


def test_writing_to_one_who_is_gone_says_so(pipe):
    here = pipe()
    other, mine = os.pipe()
    os.close(other)
    try:
        with pytest.raises(BrokenPipeError):
            write_frame(mine, {"name": "f"})
    finally:
        os.close(mine)
    assert here.reader.read() is None


def test_a_length_is_eight_bytes_big_endian(pipe):
    """The host has its own writer of standard-library parts: both must mean the same."""
    here = pipe()
    write_frame(here.write_end, {"a": 1})
    data = os.read(here.reader.descriptor, 100)
    assert data == framed(msgspec.json.encode({"a": 1}))
