"""What a proof trusts: terms, their normal forms, the one check. Imports neither claims nor faces."""
