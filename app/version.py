"""The engine's own version, apart from that of the rule set."""

ENGINE_VERSION = "0.1.0"
