"""`make bench`: ratios only; machines differ and are noisy."""

from benchmarks import assess, http, rules

for title, rows in (
    ("rules, one patient, 200 rules", rules.run()),
    ("one assessment in process, times validating its body", assess.run()),
    ("HTTP, times the floor", http.run()),
):
    print(f"\n{title}")
    for row in rows:
        print("  " + "  ".join(f"{item:8.2f}" if isinstance(item, float) else str(item) for item in row))
