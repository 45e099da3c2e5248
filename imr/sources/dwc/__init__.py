"""The search tool of the Division of Workers' Compensation: which letters it lists, and what its index says of them."""
