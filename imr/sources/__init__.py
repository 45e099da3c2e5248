"""Where letters come from: listing them and taking their bytes, unchanged, into the lake."""
