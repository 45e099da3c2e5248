"""From the words of a letter to one name for one thing: pure functions of single values, over closed vocabularies."""
