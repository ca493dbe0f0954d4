"""``python -m rubrics.command``."""

from __future__ import annotations

import sys

from rubrics.command.main import main

if __name__ == "__main__":
    sys.exit(main())
