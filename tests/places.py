"""Codes of places, written from the treaties and ISO 3166, not from jurisdictions.yaml."""

EU_MEMBERS = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE"),
    *("IT", "LV", "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
)
NOT_LISTED = (
    "IN",
    "CN",
    "ZA",
    "MX",
    "NZ",
    "IL",
    "TR",
    "UA",
    "RS",
    "AL",
    "BA",
    "IS",
    "LI",
    "MC",
    "VA",
    "IM",
    "JE",
    "AR",
)
"""Countries outside the European Union that jurisdictions.yaml does not list, its neighbours among them."""
