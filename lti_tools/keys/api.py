"""The keys door: secrets at rest under the master keys of the environment."""

from __future__ import annotations

from lti_tools.keys.vault import current_version, digest, seal, unseal

__all__ = ["current_version", "digest", "seal", "unseal"]
