"""The check of the books, rule by rule, on books that the pipeline wrote."""
