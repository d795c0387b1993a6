"""What a tester calls: one small class for each group of keywords."""
