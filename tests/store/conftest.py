from tests.databases import cluster, database, empty, postgres_url, url

__all__ = ["cluster", "database", "empty", "postgres_url", "url"]
