"""How training hours count: by calendar year under a cap, toward a bureau's duties, and as credits."""
