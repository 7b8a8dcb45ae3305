"""What staff decide at the counter, by the commands they use."""
