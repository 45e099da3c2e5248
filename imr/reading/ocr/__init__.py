"""Recognising the pages that are images: the engine's interface, the engines, what is done to a page before them."""
