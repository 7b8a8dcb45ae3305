"""What breaks beneath an issuance, broken on purpose. After each: the books are whole, and asking again gives one right certificate."""
