"""`python -m mufakat.cli` is `mufakat`."""

import sys

from mufakat.cli import main

sys.exit(main())
