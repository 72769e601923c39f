"""The part that a proof trusts: index terms, terms, their normal forms, the one check. Imports neither claims nor faces."""
