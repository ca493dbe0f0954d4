from roster_district import district, web  # noqa: F401
from split_scene import account  # noqa: F401
