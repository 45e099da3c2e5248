"""From raw text to clean text, with the map that leads back."""
