"""Search: one port for both databases. What is found is what the viewer's pages show; that is said in the query itself.

Newest first, and never a total: neither has to look at more than what is shown.
"""

from portal.queries.search.finding import Hit, Hits, hits
from portal.queries.search.wanted import TEXT_LIMIT, Wanted, wanted

__all__ = ["TEXT_LIMIT", "Hit", "Hits", "Wanted", "hits", "wanted"]
