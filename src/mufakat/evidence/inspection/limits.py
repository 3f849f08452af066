"""How much one file may be and may cost. What is over a limit is refused with a sentence that says the limit."""

from datetime import timedelta
from typing import Final

MIB: Final = 1024 * 1024

# --- what one file may be

PIXELS: Final = 50_000_000
"""Pixels of a picture."""
SIDE: Final = 20_000
"""Pixels of a picture's longer side."""
FILM_PIXELS: Final = 9_000_000
"""Pixels of a film's frame: 4K."""
LENGTH: Final = timedelta(minutes=10)
"""Length of a film or a sound."""
STREAMS: Final = 16
"""Tracks of a film or a sound."""
PAGES: Final = 50
"""Pages of a document."""
TEXT_BYTES: Final = 1 * MIB
"""Bytes of a text."""

# --- what is made of it

QUALITY: Final = 85
"""JPEG quality of what others see."""
THUMBNAIL: Final = 320
"""Pixels of a thumbnail's longer side."""
KEY_FRAMES: Final = 12
"""Stills of a film, spread evenly."""
FRAME_SIDE: Final = 1280
"""Pixels of a still's longer side."""
PAGE_DPI: Final = 110
"""Dots an inch of a page's picture."""
PAGE_PIXELS: Final = 4_000_000
"""Pixels of a page's picture; larger pages get fewer dots."""
PIECES: Final = 64
"""Things made of one file; more than any kind has."""
PHRASE: Final = 100
"""Characters of a camera's or a program's name."""

# --- what looking inside may cost

MEMORY: Final = 1024 * MIB
"""Bytes of address space, beside what the decoders themselves take."""
CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 90
"""More than CPU_SECONDS, for a machine that is busy with other things."""
MADE_BYTES: Final = 96 * MIB
"""Bytes of everything made of one file."""
REPORT_BYTES: Final = 64 * 1024
"""Bytes of the report on one file."""
