"""Who is at the page and what they may do: modes, the owner, the door; no page."""
