"""Crawl: what links, forms and sitemaps of the running application lead to."""

from slimmer.probing.explore.crawl.crawl import CRAWL, START, Crawl
from slimmer.probing.explore.crawl.options import CrawlOptions

__all__ = ["CRAWL", "START", "Crawl", "CrawlOptions"]
