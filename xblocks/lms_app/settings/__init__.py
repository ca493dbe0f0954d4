"""Settings the app adds to an edx-platform site; other sites write the same names into their own settings."""
