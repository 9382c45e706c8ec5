"""Where the documented platform is reached. Tokens come from another host than everything else."""

from __future__ import annotations

API_URL = "https://api.linkedin.com"
TOKEN_URL = "https://www.linkedin.com/oauth/v2/accessToken"
TOKEN_PATH = "/oauth/v2/accessToken"
"""Where a platform on one host of its own gives out tokens."""
