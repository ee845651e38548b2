from tests.folders import knowledge, no_derivations

__all__ = ["knowledge", "no_derivations"]
