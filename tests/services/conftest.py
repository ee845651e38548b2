from tests.databases import cluster, database, empty, postgres_url, url
from tests.folders import knowledge, no_derivations

__all__ = ["cluster", "database", "empty", "knowledge", "no_derivations", "postgres_url", "url"]
