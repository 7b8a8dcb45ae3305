"""The card in the reader: every test drives our reader against the strict virtual card."""
