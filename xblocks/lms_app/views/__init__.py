"""Thin adapters from HTTP to `xblocks.lti_platform`."""
