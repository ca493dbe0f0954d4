import sys
from pathlib import Path

# The district of the roster tests, beside this folder.
sys.path.insert(0, str(Path(__file__).parents[1] / "people"))

from roster_district import district, web  # noqa: F401
