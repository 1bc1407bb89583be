"""What the use cases need, in their own words: one small Protocol or two per file."""
