"""The letter steps over a batch: what they read from the stage, what they call for each letter, what rows they make."""
