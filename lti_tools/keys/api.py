"""The keys door: secrets at rest under the master keys of the environment, and signatures of the house."""

from __future__ import annotations

from lti_tools.keys.signing import Signed, public_jwks, rotate, sign, verify
from lti_tools.keys.vault import current_version, digest, seal, unseal

__all__ = ["Signed", "current_version", "digest", "public_jwks", "rotate", "seal", "sign", "unseal", "verify"]
