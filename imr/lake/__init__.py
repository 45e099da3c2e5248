"""Where things are: the folders of a lake, the store of raw bytes, the stage, and the one way tables are changed."""
