"""Films and sounds: how long, stills spread evenly, and the same pictures and sound in a new container without tags.

Nothing is encoded anew, which would cost more than everything else together; so a film in a form that browsers do not
play is refused, with a sentence that says how to save it. A copy carries one picture track and one sound track, and of
those no text: no tags, chapters, subtitles, places along the way, nor what encoders write between pictures.
"""

from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import IO, Any, Final

import av
import av.logging
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video import VideoStream
from av.video.frame import VideoFrame
from PIL import Image

from mufakat.core.refusals import Code
from mufakat.evidence.inspection import facts, types
from mufakat.evidence.inspection.limits import FILM_PIXELS, FRAME_SIDE, KEY_FRAMES, LENGTH, STREAMS
from mufakat.evidence.inspection.making import Making, Unfit
from mufakat.evidence.inspection.report import Kind, Made, Private, Report
from mufakat.evidence.kinds import M4A, MATROSKA, MOV, MP3, MP4, OGG, WAV, WEBM

READERS: Final = {
    MP4: "mov",
    MOV: "mov",
    M4A: "mov",
    WEBM: "matroska",
    MATROSKA: "matroska",
    OGG: "ogg",
    MP3: "mp3",
    WAV: "wav",
}
"""The only reader that is asked, by the type that was found: none that fetches from elsewhere."""
SOUNDS: Final = {
    "aac": ("ipod", M4A),
    "mp3": ("mp3", MP3),
    "opus": ("ogg", OGG),
    "vorbis": ("ogg", OGG),
    "pcm_s16le": ("wav", WAV),
    "pcm_s24le": ("wav", WAV),
    "pcm_f32le": ("wav", WAV),
    "pcm_u8": ("wav", WAV),
}
"""Sounds that browsers play: their container and its media type."""
HEARD_ONLY: Final = {MP4: M4A, MOV: M4A, WEBM: types.WEBM_SOUND, MATROSKA: types.MATROSKA_SOUND}
"""What a container of films is called when there is only sound in it."""
SEEN_TOO: Final = {M4A: MP4}
"""What a container of sounds is called when there are pictures in it; of others, players expect none."""
BETWEEN: Final = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39-40"}
"""What takes out the texts that encoders and cameras write between pictures."""
WRITE: Final = {"fflags": "+bitexact"}
"""Nothing about who wrote it and when."""
MP3_WRITE: Final = {**WRITE, "id3v2_version": "0", "write_xing": "0"}

_MILLISECONDS: Final = 1000

# Complaints of decoders are about the file, and the file is refused or not; nobody reads them.
av.logging.set_level(None)


def examine(kind: str, data: bytes, making: Making) -> Report:
    """A film or a sound; raises Unfit."""
    try:
        with _reading(kind, data) as container:
            if len(container.streams) > STREAMS:
                raise Unfit(Code.FILE_NOT_ONE_THING, "too many tracks")
            pictures, sound = _tracks(container)
            private = facts.of_film(container.metadata, *(each.metadata for each in container.streams))
            if not pictures and not sound:
                raise Unfit(Code.FILE_DAMAGED, "no track")
            _check_length(Fraction(container.duration or 0, av.time_base))
            if not pictures:
                return _sound(kind, container, sound, making, private)
            kind = SEEN_TOO.get(kind, kind)
            if types.KINDS[kind] is not Kind.FILM:
                raise Unfit(Code.FILE_NOT_PLAYABLE, "pictures in a sound")
            container_name, media_type = _film_form(pictures, sound)
            sides = _check_pixels(pictures)
            copy, length = _copied(container, [each for each in (pictures, sound) if each], container_name)
        turned = _stills(kind, data, making, length)
    except (av.error.FFmpegError, ValueError, OverflowError, EOFError) as error:
        raise Unfit(Code.FILE_DAMAGED, type(error).__name__) from error
    width, height = sides[::-1] if turned else sides
    making.add(Made.COPY, media_type, copy, (width, height))
    milliseconds = int(length * _MILLISECONDS)
    return Report(kind=Kind.FILM, type=kind, width=width, height=height, length=milliseconds, private=private)


def _sound(kind: str, container: InputContainer, sound: Any, making: Making, private: Private) -> Report:
    form = SOUNDS.get(_form(sound))
    if form is None:
        raise Unfit(Code.FILE_NOT_PLAYABLE, _form(sound))
    copy, length = _copied(container, [sound], form[0])
    making.add(Made.COPY, form[1], copy)
    return Report(kind=Kind.SOUND, type=HEARD_ONLY.get(kind, kind), length=int(length * _MILLISECONDS), private=private)


def _reading(kind: str, data: bytes) -> InputContainer:
    return av.open(BytesIO(data), "r", format=READERS[kind], metadata_errors="ignore", io_open=_nothing_else)


def _nothing_else(*_: object) -> IO[bytes]:
    """A film that asks for another file or address gets none."""
    raise PermissionError("A film is one file.")


def _tracks(container: InputContainer) -> tuple[VideoStream | None, Any]:
    """The first track of pictures, covers aside, and the first of sound."""
    films = [each for each in container.streams.video if not each.disposition & Disposition.attached_pic]
    return next(iter(films), None), next(iter(container.streams.audio), None)


def _form(track: Any) -> str:
    """How a track is encoded, by the name that does not depend on the decoder; "?" where nobody knows it."""
    return str(track.codec_context.codec.canonical_name) if track.codec_context else "?"


def _check_length(length: Fraction) -> None:
    if length > Fraction(int(LENGTH.total_seconds())):
        raise Unfit(Code.FILE_TOO_LONG)


def _check_pixels(track: VideoStream) -> tuple[int, int]:
    width, height = track.codec_context.width, track.codec_context.height
    if not width or not height:
        raise Unfit(Code.FILE_DAMAGED, "no size")
    if width * height > FILM_PIXELS:
        raise Unfit(Code.FILE_TOO_MANY_PIXELS)
    return width, height


def _film_form(pictures: VideoStream, sound: Any) -> tuple[str, str]:
    """The container that browsers play these tracks in, and its media type."""
    film, tone = _form(pictures), _form(sound) if sound else ""
    if film in {"vp8", "vp9"} and tone in {"", "opus"}:
        return "webm", WEBM
    if film in {"h264", "hevc", "vp9", "av1"} and tone in {"", "aac", "mp3", "opus"}:
        return "mp4", MP4
    raise Unfit(Code.FILE_NOT_PLAYABLE, f"{film} {tone}")


def _copied(container: InputContainer, tracks: list[Any], form: str) -> tuple[memoryview, Fraction]:
    """The tracks in a new container, without tags, and how long they really are."""
    out = BytesIO()
    length = Fraction(0)
    with av.open(out, "w", format=form, options=MP3_WRITE if form == "mp3" else WRITE) as copy:
        ways = {each.index: _way(copy, each) for each in tracks}
        for packet in _dated(container.demux(tracks)):
            length = max(length, _end(packet))
            _check_length(length)
            into, between = ways[packet.stream.index]
            for each in between.filter(packet) if between else [packet]:
                each.stream = into
                copy.mux_one(each)
    return out.getbuffer(), length


def _dated(packets: Iterator["Packet[Any]"]) -> Iterator["Packet[Any]"]:
    """The packets, each with a time to decode it: Matroska leaves those of a track's first ones out."""
    waiting: dict[int, list[Packet[Any]]] = {}
    for packet in packets:
        if not packet.size:
            continue  # the sign that a track has ended
        before = waiting.setdefault(packet.stream.index, [])
        if packet.dts is None:
            before.append(packet)
            continue
        for back, each in zip(range(len(before), 0, -1), before, strict=True):
            each.dts = packet.dts - back * max(1, packet.duration or 0)
            yield each
        before.clear()
        yield packet
    if any(waiting.values()):
        raise Unfit(Code.FILE_DAMAGED, "no times")


def _way(copy: OutputContainer, track: Any) -> tuple[Any, BitStreamFilterContext | None]:
    """The track of the copy, and what the packets go through."""
    into = copy.add_stream_from_template(track, opaque=True)  # by its parameters alone, no encoder
    into.metadata.clear()
    form = BETWEEN.get(_form(track))
    return into, BitStreamFilterContext(form, track, into) if form else None


def _end(packet: "Packet[Any]") -> Fraction:
    if packet.pts is None or packet.time_base is None:
        return Fraction(0)
    return (packet.pts + (packet.duration or 0)) * packet.time_base


def _stills(kind: str, data: bytes, making: Making, length: Fraction) -> bool:
    """Keep up to KEY_FRAMES stills, the first as thumbnail too; whether the film is to be shown on its side."""
    seen: set[int | None] = set()
    turned = False
    with _reading(kind, data) as container:
        track, _ = _tracks(container)
        assert track is not None
        track.codec_context.skip_frame = "NONKEY"
        track.thread_type = "NONE"
        for number in range(KEY_FRAMES):
            frame = _still(container, track, length * number / KEY_FRAMES)
            if frame is None or frame.pts in seen:
                continue
            turned = frame.rotation % 180 != 0
            at = max(0, int((frame.time or 0) * _MILLISECONDS))
            making.add_picture(Made.KEY_FRAME, _picture(frame), at=at, thumbnail=not seen)
            seen.add(frame.pts)
    if not seen:
        raise Unfit(Code.FILE_DAMAGED, "no picture decodes")
    return turned


def _still(container: InputContainer, track: VideoStream, moment: Fraction) -> VideoFrame | None:
    """The whole picture at or before a moment."""
    container.seek(int(moment * av.time_base), backward=True)
    return next(_decoded(container, track), None)


def _decoded(container: InputContainer, track: VideoStream) -> Iterator[VideoFrame]:
    for packet in container.demux(track):
        for frame in packet.decode():
            if frame.width * frame.height > FILM_PIXELS:
                raise Unfit(Code.FILE_TOO_MANY_PIXELS)
            yield frame


def _picture(frame: VideoFrame) -> Image.Image:
    """A still, upright, no larger than it need be."""
    factor = min(1.0, FRAME_SIDE / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * factor)), max(1, round(frame.height * factor))
    pixels = frame.reformat(width=width, height=height, format="rgb24").to_ndarray()
    picture = Image.fromarray(pixels)
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture
