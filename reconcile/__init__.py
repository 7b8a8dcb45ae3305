"""The comparison engine: digests, ranges and differences. Pure: it knows no table and no database."""
