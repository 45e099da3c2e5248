"""The front door: what `import imr` has for people who write Python. Import the names from `imr` itself."""
