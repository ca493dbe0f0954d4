from roster_district import district, web  # noqa: F401
